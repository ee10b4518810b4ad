// Judges a Rocket.Chat server (here: the lab's stand-in, profile new) with Rocket.Chat's own published client and its own
// validators of requests and error bodies. Prints one JSON array of {check, ok, detail}; it exits 0 if it could run at all.
//   node BUNDLE BASE_URL USER PASSWORD OTHER_USER OTHER_PASSWORD
import { createHash } from 'node:crypto';
import { RestClient } from '@rocket.chat/api-client';
import * as typings from '@rocket.chat/rest-typings';

const [base, user, password, otherUser, otherPassword] = process.argv.slice(2);
const setting = 'Layout_Home_Title';
const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const results = [];

async function check(name, work) {
  try {
    results.push({ check: name, ok: true, detail: (await work()) ?? null });
  } catch (error) {
    const detail = error instanceof Response ? `${error.status} ${await error.text()}` : String(error.stack || error);
    results.push({ check: name, ok: false, detail });
  }
}

function must(condition, text) {
  if (!condition) {
    throw new Error(text);
  }
}

// A client with a fixed User-Agent, since the server remembers a second factor by token, address and User-Agent.
function client(credentials, agent = 'ejmon-judge') {
  return new RestClient({ baseUrl: base, credentials, headers: { 'User-Agent': agent } });
}

const credentialsOf = (answer) => ({ 'X-User-Id': answer.data.userId, 'X-Auth-Token': answer.data.authToken });

async function login(body) {
  must(typings.isLoginProps(structuredClone(body)), `isLoginProps refuses ${JSON.stringify(body)}`);
  const answer = await client().post('/v1/login', body);
  must(answer.status === 'success' && answer.data.authToken && answer.data.userId, JSON.stringify(answer));
  return answer;
}

// The status and body of a call that must fail, its body judged by the validator.
async function refusal(work, status, validator) {
  let response;
  try {
    response = await work();
  } catch (error) {
    must(error instanceof Response, String(error));
    const body = await error.json();
    must(error.status === status, `status ${error.status}, not ${status}: ${JSON.stringify(body)}`);
    must(/application\/json/.test(error.headers.get('content-type')), 'not JSON');
    must(validator(structuredClone(body)), `${JSON.stringify(body)}: ${JSON.stringify(validator.errors)}`);
    return body;
  }
  throw new Error(`succeeded: ${JSON.stringify(response)}`);
}

let admin;
await check('login by user name', async () => { admin = credentialsOf(await login({ username: user, password })); });
await check('login by user object and digest', () =>
  login({ user: { username: user }, password: { digest: sha256(password), algorithm: 'sha-256' } }).then(() => null));
await check('login tells me', async () => {
  const answer = await login({ username: user, password });
  must(answer.data.me.username === user && answer.success === true, JSON.stringify(answer));
  await client(credentialsOf(answer)).post('/v1/logout', {});
});
await check('wrong password', () => refusal(() => client().post('/v1/login', { username: user, password: 'fake-wrong' }), 401,
  typings.validateUnauthorizedErrorResponse));
await check('me', async () => {
  const me = await client(admin).get('/v1/me');
  must(me.username === user && me.success === true, JSON.stringify(me));
});
await check('me without a token', () => refusal(() => client().get('/v1/me'), 401, typings.validateUnauthorizedErrorResponse));
await check('public settings by id', async () => {
  const query = { _id: 'Accounts_iframe_enabled,Accounts_iframe_url' };
  must(typings.isSettingsPublicWithPaginationProps({ ...query }), 'the query is refused by the validator');
  const answer = await client().get('/v1/settings.public', query);
  must(answer.count === 2 && answer.settings.every((s) => '_id' in s && 'value' in s), JSON.stringify(answer));
});
await check('an unknown setting', () => refusal(() => client(admin).get('/v1/settings/Accounts_Iframe_enabled'), 400,
  typings.validateBadRequestErrorResponse));
await check('no permission', async () => {
  const other = credentialsOf(await login({ username: otherUser, password: otherPassword }));
  return refusal(() => client(other).get(`/v1/settings/${setting}`), 403, typings.validateForbiddenErrorResponse);
});
await check('a change without a second factor', async () => {
  const body = await refusal(() => client(admin, 'no-handler').post(`/v1/settings/${setting}`, { value: 'x' }), 400,
    typings.validateBadRequestErrorResponse);
  must(body.errorType === 'totp-required' && body.details.method === 'password', JSON.stringify(body));
});
await check('a change with a second factor at the second try', async () => {
  const rest = client(admin);
  const asked = [];
  rest.handleTwoFactorChallenge(async ({ method, invalidAttempt }) => {
    asked.push([method, invalidAttempt]);
    return asked.length === 1 ? sha256('fake-wrong') : sha256(password);
  });
  const value = `title ${process.pid}`;
  must((await rest.post(`/v1/settings/${setting}`, { value })).success === true, 'no success');
  must(JSON.stringify(asked) === '[["password",false],["password",true]]', JSON.stringify(asked));
  must((await rest.get(`/v1/settings/${setting}`)).value === value, 'not stored');
});
await check('the second factor is remembered', async () => {
  must((await client(admin).post(`/v1/settings/${setting}`, { value: 'remembered' })).success === true, 'no success');
});
await check('an access token needs no second factor', async () => {
  const rest = client(admin);
  rest.handleTwoFactorChallenge(async () => sha256(password));
  const { token } = await rest.post('/v1/users.generatePersonalAccessToken', { tokenName: `judge-${process.pid}`, bypassTwoFactor: true });
  const personal = client({ 'X-User-Id': admin['X-User-Id'], 'X-Auth-Token': token }, 'another-agent');
  must((await personal.post(`/v1/settings/${setting}`, { value: 'by token' })).success === true, 'no success');
});
await check('a method call before login', async () => {
  const message = { msg: 'method', id: '1', method: 'public-settings/get', params: [] };
  must(typings.isMethodCallAnonProps({ ...message }), 'the call is refused by the validator');
  const answer = await client().post('/v1/method.callAnon/public-settings:get', { message: JSON.stringify(message) });
  must(JSON.parse(answer.message).result.some((s) => s._id === 'Site_Url'), JSON.stringify(answer).slice(0, 200));
});
await check('logout ends the token', async () => {
  const mine = credentialsOf(await login({ username: user, password }));
  must((await client(mine).post('/v1/logout', {})).status === 'success', 'no success');
  await refusal(() => client(mine).get('/v1/me'), 401, typings.validateUnauthorizedErrorResponse);
});
console.log(JSON.stringify(results));
