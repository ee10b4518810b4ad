/* What a failed request says: which layer it failed in, and a sentence that names the host; see http_transfer.h. */
#include <errno.h>
#include <openssl/x509_vfy.h>
#include <stdlib.h>

#include "monitor/base/http_transfer.h"
#include "monitor/base/lang.h"

/* Which phase a failure happened in, from what libcurl has timed so far. */
static const char *failed_layer(const struct http_response *response, bool https) {
  const struct http_times *times = &response->times;
  if (response->kept) return response->status == 0 ? "wait" : "body";
  if (times->resolved <= 0) return "resolve";
  if (times->connected <= 0) return "connect";
  if (https && times->secured <= 0) return "tls";
  if (response->status == 0) return "wait";
  return "body";
}

static const struct {
  CURLcode code;
  int error;
  const char *layer; /* NULL: by the phase reached */
  const char *sentence;
} failures[] = {
    {CURLE_COULDNT_RESOLVE_HOST, -ENOENT, "resolve", translatable("the name does not resolve")},
    {CURLE_COULDNT_CONNECT, -ECONNREFUSED, "connect", translatable("cannot connect")},
    {CURLE_OPERATION_TIMEDOUT, -ETIMEDOUT, NULL, translatable("timed out")},
    {CURLE_OUT_OF_MEMORY, -EPROTO, "protocol",
     translatable("one of its headers is larger than 100 KiB")}, /* what libcurl calls it; real shortage ends ejmon */
    {CURLE_PEER_FAILED_VERIFICATION, -EKEYREJECTED, "tls", translatable("its certificate is not trusted")},
    {CURLE_SSL_CACERT_BADFILE, -ENOKEY, "ejmon",
     translatable("the file of trusted authorities (cacert) is not there or holds no certificate")},
    {CURLE_SSL_CONNECT_ERROR, -EPROTO, "tls", translatable("the TLS handshake failed")},
    {CURLE_GOT_NOTHING, -ECONNRESET, "wait", translatable("the connection was closed without an answer")},
    {CURLE_RECV_ERROR, -ECONNRESET, NULL, translatable("the connection broke while reading")},
    {CURLE_SEND_ERROR, -ECONNRESET, "send", translatable("the connection broke while sending")},
    {CURLE_PARTIAL_FILE, -ECONNRESET, "body", translatable("the answer ended before its announced length")},
    {CURLE_WEIRD_SERVER_REPLY, -EPROTO, "protocol", translatable("the answer is not HTTP")},
    {CURLE_UNSUPPORTED_PROTOCOL, -EPROTO, "protocol", translatable("the answer is not HTTP/1.x")},
    {CURLE_HTTP2, -EPROTO, "protocol", translatable("the answer is not HTTP")},
    {CURLE_URL_MALFORMAT, -EINVAL, "ejmon", translatable("this is no http or https URL")},
};

/* Why a certificate was refused. libcurl compares the name by itself, before it has asked OpenSSL for its result, which then still is what
 * libcurl began with. */
static char *certificate_fault(CURL *easy) {
  long result = 0;
  (void)curl_easy_getinfo(easy, CURLINFO_SSL_VERIFYRESULT, &result);
  switch (result) {
    case X509_V_OK:
    case X509_V_ERR_UNSPECIFIED:
      return xstrdup(translated("its certificate is for another name"));
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return xstrdup(translated("its certificate has expired"));
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return xstrdup(translated("its certificate is not yet valid"));
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return xstrdup(translated("its certificate is of an authority that is not trusted here"));
    default:
      return text_format(translated("its certificate is not trusted: %s"), X509_verify_cert_error_string(result));
  }
}

int response_fail(struct http_response *response, const struct http_request *request, int error, const char *layer, const char *sentence) {
  struct http_url url;
  bool known = http_url_parse(request->url, false, &url) == 0;
  response->layer = layer ? layer : failed_layer(response, known && text_equal(url.scheme, "https"));
  auto_free char *where = request->unix_socket ? xstrdup(request->unix_socket)
                          : known              ? text_format("%s:%ld", url.host, url.port)
                                               : xstrdup("URL");
  auto_free char *connected =
      response->address && error == -ETIMEDOUT && text_equal(response->layer, "wait")
          ? text_format(translated(" (%s took the connection, no answer after %.1f s)"), response->address, response->times.total)
          : NULL;
  response->error = text_format("%s: %s%s", where, sentence, connected ? connected : "");
  if (known) http_url_free(&url);
  return error;
}

int transfer_judge(struct transfer *transfer, const struct http_request *request) {
  struct http_response *response = transfer->response;
  if (transfer->code == CURLE_OK || (transfer->code == CURLE_WRITE_ERROR && response->body_cut)) return 0;
  if (transfer->header_bytes > HTTP_HEADER_LIMIT) {
    return response_fail(response, request, -EPROTO, "protocol", translated("its headers are larger than 64 KiB"));
  }
  if (transfer->code == CURLE_COULDNT_CONNECT && transfer->shortage) {
    auto_free char *sentence = text_format(translated("ejmon has no socket left: %s"), lang_error(transfer->shortage));
    return response_fail(response, request, -transfer->shortage, "ejmon", sentence);
  }
  for (size_t i = 0; i < countof(failures); i++) {
    if (failures[i].code != transfer->code) continue;
    long system_error = 0;
    int error = failures[i].error;
    auto_free char *sentence =
        transfer->code == CURLE_PEER_FAILED_VERIFICATION ? certificate_fault(transfer->easy) : xstrdup(translated(failures[i].sentence));
    if (transfer->code == CURLE_COULDNT_CONNECT && curl_easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO, &system_error) == CURLE_OK &&
        system_error) {
      error = -(int)system_error;
      free(sentence);
      sentence = text_format(translated("cannot connect: %s"), lang_error((int)system_error));
    }
    return response_fail(response, request, error, failures[i].layer, sentence);
  }
  return response_fail(response, request, -EIO, NULL, curl_easy_strerror(transfer->code));
}
