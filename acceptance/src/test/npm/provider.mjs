// An OpenID provider: panva's oidc-provider, which is certified, with the accounts and the client of a test.
// Arguments: port, redirect URI. Says "ready" when it answers; ends with its standard input.
// Who asks by a password or as an application gets what its client is set up for: an opaque token or, for `welkin-jwt`, a JWT (RFC 9068).
import { createServer } from 'node:http'
import Provider, { errors } from 'oidc-provider'

const [port, redirect] = process.argv.slice(2)
const issuer = `http://127.0.0.1:${port}`
const accounts = { joe: { password: 'pw of joe', groups: ['staff'] }, eve: { password: 'pw of eve', groups: ['guests'] } }
const findAccount = (ctx, id) => accounts[id] && {
  accountId: id,
  claims: () => ({ sub: id, preferred_username: id, email: `${id}@example.org`, groups: accounts[id].groups })
}
const grants = ['authorization_code', 'client_credentials', 'refresh_token', 'password', 'urn:ietf:params:oauth:grant-type:device_code']
const client = id => ({ client_id: id, client_secret: `s3cret of ${id}`.replaceAll(' ', '-'), redirect_uris: [redirect], grant_types: grants })
const resource = 'urn:welkin'

const provider = new Provider(issuer, {
  clients: [client('welkin'), client('welkin-jwt')],
  findAccount,
  scopes: ['openid', 'offline_access'],
  claims: { openid: ['sub', 'preferred_username', 'email', 'groups'] },
  pkce: { required: () => false },
  // The token of a client is of the client itself; a JWT carries what the mapping wants to know.
  extraTokenClaims: (ctx, token) => token.accountId ? findAccount(ctx, token.accountId).claims() : { preferred_username: token.clientId, groups: ['staff'] },
  features: {
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    resourceIndicators: {
      enabled: true,
      defaultResource: (ctx, client) => client.clientId === 'welkin-jwt' ? resource : undefined,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({ scope: 'openid', audience: 'welkin', accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } })
    }
  }
})

provider.registerGrantType('password', async (ctx, next) => {
  const { params, client } = ctx.oidc
  if (!accounts[params.username] || accounts[params.username].password !== params.password) {
    throw new errors.InvalidGrant('invalid credentials')
  }
  const grant = new provider.Grant({ accountId: params.username, clientId: client.clientId })
  grant.addOIDCScope('openid')
  const token = new provider.AccessToken({ accountId: params.username, client, grantId: await grant.save(), gty: 'password', scope: 'openid' })
  if (client.clientId === 'welkin-jwt') {
    token.resourceServer = new provider.ResourceServer(resource, { scope: 'openid', audience: 'welkin', accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } })
  }
  ctx.body = { access_token: await token.save(), token_type: 'Bearer', expires_in: token.expiration, scope: 'openid' }
  await next()
}, ['username', 'password', 'scope'])

const server = createServer(provider.callback()).listen(port, '127.0.0.1', () => console.log('ready'))
process.stdin.resume().on('end', () => { server.close(); process.exit(0) })
