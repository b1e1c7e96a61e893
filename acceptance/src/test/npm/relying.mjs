// A relying party by panva's openid-client, which is certified: what it finds of the issuer's promises, as JSON.
// Arguments: issuer, token of an administrator, user, password.
import { Issuer, generators } from 'openid-client'
import { Browser } from './browser.mjs'

const [address, admin, user, password] = process.argv.slice(2)
const back = 'http://127.0.0.1:9/cb'
const device = 'urn:ietf:params:oauth:grant-type:device_code'
const manage = async (path, body) => {
  const answer = await fetch(address + path, {
    method: 'POST', headers: { 'X-Auth-Token': admin, 'Content-Type': 'application/json' }, body: JSON.stringify(body)
  })
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return answer.json()
}
const issuer = await Issuer.discover(address)
const registered = await manage('/register', {
  client_name: 'openid-client', redirect_uris: [back], grant_types: ['authorization_code', 'refresh_token', device]
})
const client = new issuer.Client({ ...registered, redirect_uris: [back] })
const browser = new Browser()

/** Begins a sign-in; `decide` says what the person does with the page for consent, if there is one. */
const signIn = async decision => {
  const checks = { code_verifier: generators.codeVerifier(), state: generators.state(), nonce: generators.nonce() }
  let page = await browser.open(client.authorizationUrl({
    scope: 'openid profile email',
    code_challenge: generators.codeChallenge(checks.code_verifier),
    code_challenge_method: 'S256',
    state: checks.state,
    nonce: checks.nonce
  }))
  if (page.text.includes('name="password"')) page = await browser.submit(page, { user, domain: 'Default', password })
  if (!page.url.startsWith(back)) page = await browser.submit(page, { decision }, 'csrf')
  return client.callback(back, client.callbackParams(page.url), checks)
}
const kid = set => JSON.parse(Buffer.from(set.id_token.split('.')[0], 'base64url')).kid
const refused = attempt => attempt.then(() => 'nothing', failure => failure.error)

const said = {}
said.denied = await refused(signIn('deny'))
const first = await signIn('allow')
said.name = first.claims().preferred_username
said.userinfo = (await client.userinfo(first)).sub === first.claims().sub
const second = await client.refresh(first)
said.refreshed = second.refresh_token !== first.refresh_token && second.claims().sub === first.claims().sub
// New keys while it runs: it has those already that come next, so that what they sign is good at once.
await manage('/keys', {})
const third = await client.refresh(second)
said.rotated = kid(third) !== kid(second) && third.claims().sub === first.claims().sub

const begun = await client.deviceAuthorization({ scope: 'openid profile' })
said.waiting = await refused(client.grant({ grant_type: device, device_code: begun.device_code }))
let page = await browser.open(begun.verification_uri_complete)
page = await browser.submit(page, { decision: 'allow' }, 'csrf')
said.device = (await begun.poll()).claims().preferred_username
const other = await client.deviceAuthorization({ scope: 'openid' })
await browser.submit(await browser.open(other.verification_uri_complete), { decision: 'deny' }, 'csrf')
said.deviceDenied = await refused(other.poll())

said.active = (await client.introspect(third.access_token)).active
await client.revoke(third.refresh_token)
said.afterwards = (await client.introspect(third.access_token)).active
// A refresh token that comes twice ends all that came of it.
const fourth = await signIn('allow')
const fifth = await client.refresh(fourth)
said.replayed = await refused(client.refresh(fourth))
said.ended = await refused(client.refresh(fifth))
console.log(JSON.stringify(said))
