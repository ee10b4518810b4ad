// Plays Rocket.Chat's browser client at the login screen, in the windows A to D of the Rocket.Chat contract, section 5.
// What the visitor sees is body[data-shows]: loading, iframe, native-form, blank or logged-in; it is also reported to the lab, in
// `seen` of GET /__lab__/state. It is no chat client.
'use strict';

const page = document.documentElement.dataset;
const asked = new URLSearchParams(location.search);  // ?client=B plays another window, ?fresh=1 keeps no login
const client = (asked.get('client') || page.client).toUpperCase();
const storage = asked.get('fresh') ? { getItem: () => null, setItem() {}, clear() {} } : localStorage;
const settings = {};
const events = [];
window.lab = { client, settings, events };

function note(what, detail) {
  events.push({ what, detail: detail === undefined ? null : String(detail) });
  if (window.lab.ready) {
    report();
  }
}

function report() {
  const at = performance.timeOrigin + performance.now();  // reports may arrive out of order
  const body = JSON.stringify({ client, query: location.search, shows: document.body.dataset.shows, events, at });
  fetch('/__lab__/seen', { method: 'POST', body, keepalive: true }).catch(() => {});
}

function show(what) {
  document.body.dataset.shows = what;
  note('shows', what);
  const root = document.getElementById('react-root');
  root.textContent = '';
  if (what === 'iframe') {  // no sandbox, no allow list
    const frame = document.createElement('iframe');
    frame.src = settings.Accounts_iframe_url;
    frame.addEventListener('load', () => note('iframe-loaded'));
    root.append(frame);
  } else if (what === 'native-form') {
    root.innerHTML = '<form id="login-card"><input name="usernameOrEmail"><input name="password" type="password">' +
      '<button type="button">Login</button></form>';
  } else if (what === 'logged-in') {
    root.textContent = 'Logged in as ' + window.lab.username;
  }
}

const complete = () => settings.Accounts_iframe_enabled === true && settings.Accounts_iframe_url &&
  settings.Accounts_Iframe_api_url && settings.Accounts_Iframe_api_method;

// The login itself goes over DDP in the real client; the stand-in has one endpoint for it.
async function resume(token) {
  const answer = await fetch('/__lab__/resume', { method: 'POST', body: JSON.stringify({ token }) });
  const body = await answer.json();
  if (!answer.ok) {
    throw new Error(body.message);
  }
  storage.setItem('Meteor.loginToken', body.token);
  storage.setItem('Meteor.userId', body.userId);
  window.lab.username = body.username;
  show('logged-in');
}

async function loginWith(credentials) {
  if (typeof credentials.loginToken === 'string') {
    return resume(credentials.loginToken);
  }
  if (credentials.token) {
    throw new Error('Unrecognized options for login request [400]');
  }
  throw new Error('no token');
}

// Window A: XMLHttpRequest without a content type, so no preflight; whatever goes wrong, the iframe is shown.
function callA() {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open(settings.Accounts_Iframe_api_method, settings.Accounts_Iframe_api_url);
    request.withCredentials = true;
    request.onloadend = () => {
      note('api', request.status);
      let body = null;
      if (request.status >= 200 && request.status < 300 &&
          /json/.test(request.getResponseHeader('Content-Type') || '')) {
        try {
          body = JSON.parse(request.responseText);
        } catch (_) {
          note('api-not-json');
        }
      }
      loginWith(body || {}).catch((error) => {
        note('login-failed', error.message);
        show('iframe');
      }).then(resolve);
    };
    request.send();
  });
}

// Windows B, C and D: fetch. B and C send a content type, which makes the browser ask first by OPTIONS.
async function callFetch() {
  let answer;
  try {
    answer = await fetch(settings.Accounts_Iframe_api_url, {
      method: settings.Accounts_Iframe_api_method,
      headers: client === 'D' ? undefined : { 'Content-Type': 'application/json' },
      credentials: 'include',
    });
  } catch (error) {
    note('api-unreachable', error.message);
    show(client === 'D' ? 'iframe' : 'native-form');
    return;
  }
  note('api', answer.status);
  if (!answer.ok) {
    show(client === 'C' ? 'native-form' : 'iframe');
    return;
  }
  const body = await answer.json().catch(() => ({}));
  if (!body.loginToken && !body.token) {
    show('native-form');
    return;
  }
  await loginWith(body).catch((error) => {
    note('login-failed', error.message);
    show(client === 'D' ? 'iframe' : 'native-form');
  });
}

function callApi() {
  return client === 'A' ? callA() : callFetch();
}

// No origin check, as in the real client: any framed page may send these two.
window.addEventListener('message', (message) => {
  if (typeof message.data !== 'object' || message.data === null) {
    return;
  }
  note('message', message.data.event);
  if (message.data.event === 'try-iframe-login') {
    callApi();
  } else if (message.data.event === 'login-with-token') {
    loginWith(message.data).catch((error) => {
      note('login-failed', error.message);
      message.source.postMessage({ event: 'login-error', response: error.message }, message.origin);
    });
  }
});

async function start() {
  for (const setting of await (await fetch('/__lab__/public-settings')).json()) {
    settings[setting._id] = setting.value;
  }
  const stored = storage.getItem('Meteor.loginToken');
  if (stored) {
    try {
      await resume(stored);
      return;
    } catch (error) {
      storage.clear();
      note('stored-token-refused', error.message);
    }
  }
  if (settings.Accounts_AllowAnonymousRead) {
    show('blank');
  } else if (complete()) {
    await callApi();
  } else {
    show(settings.Accounts_iframe_enabled === true && page.blankWhenIncomplete === 'yes' ? 'blank' : 'native-form');
  }
}

start().catch((error) => note('broken', error.message)).then(() => {
  window.lab.ready = true;
  report();
});
