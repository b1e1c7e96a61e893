// A SAML identity provider of tngan's samlify, with the accounts of a test. It takes signed requests of its service provider only.
// Arguments: port, a folder to put its key in. Its service provider's metadata are put at /sp. Says "ready" when it answers; ends with its standard input.
import { createServer } from 'node:http'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import samlify from 'samlify'

const [port, folder] = process.argv.slice(2)
const origin = `http://127.0.0.1:${port}`
const [key, certificate] = [`${folder}/saml.key`, `${folder}/saml.crt`]
execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=idp', '-days', '2', '-keyout', key, '-out', certificate], { stdio: 'ignore' })
const accounts = { joe: { password: 'pw of joe', groups: 'staff' }, eve: { password: 'pw of eve', groups: 'guests' } }
const sha256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'
// Schemas are not at hand; what the two disagree on would show in signatures, names and times.
samlify.setSchemaValidator({ validate: async () => 'skipped' })

const provider = binding => samlify.IdentityProvider({
  entityID: `${origin}/${binding}`,
  privateKey: readFileSync(key),
  signingCert: readFileSync(certificate),
  requestSignatureAlgorithm: sha256,
  wantAuthnRequestsSigned: true,
  nameIDFormat: ['urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'],
  singleSignOnService: [{ Binding: samlify.Constants.namespace.binding[binding], Location: `${origin}/${binding}/sso` }],
  loginResponseTemplate: {
    context: samlify.SamlLib.defaultLoginResponseTemplate.context,
    attributes: [{ name: 'groups', valueTag: 'groups', nameFormat: 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic', valueXsiType: 'xs:string' }]
  }
})
const providers = { redirect: provider('redirect'), post: provider('post') }
let partner
const asked = new Map()

const read = async request => { let text = ''; for await (const part of request) text += part; return text }
const page = (response, html, status = 200) => { response.writeHead(status, { 'Content-Type': 'text/html' }); response.end(html) }

const answers = async (request, response) => {
  const url = new URL(request.url, origin)
  const [, binding, what] = url.pathname.split('/')
  const idp = providers[binding]
  if (url.pathname === '/sp') {
    partner = samlify.ServiceProvider({ metadata: await read(request) })
    return page(response, '')
  }
  if (what === 'metadata') return page(response, idp.getMetadata())
  if (what === 'sso') {
    const form = binding === 'post' ? Object.fromEntries(new URLSearchParams(await read(request))) : undefined
    const query = Object.fromEntries(url.searchParams)
    const octetString = url.search.slice(1).split('&').filter(one => !one.startsWith('Signature=')).join('&')
    const { extract } = await idp.parseLoginRequest(partner, binding, { query, body: form, octetString })
    const id = randomUUID()
    asked.set(id, { extract, relayState: (form ?? query).RelayState })
    return page(response, `<form method="post" action="${origin}/${binding}/login?id=${id}"><input name="name"><input name="password"></form>`)
  }
  if (what === 'login') {
    const given = Object.fromEntries(new URLSearchParams(await read(request)))
    const account = accounts[given.name]
    if (account?.password !== given.password) return page(response, 'no', 403)
    const { extract, relayState } = asked.get(url.searchParams.get('id'))
    const receiver = extract.request.assertionConsumerServiceUrl
    if (!partner.entityMeta.meta.assertionConsumerService.some(one => one.location === receiver)) return page(response, 'not there', 400)
    const [now, end] = [new Date(), new Date(Date.now() + 300000)].map(at => at.toISOString())
    const replace = template => {
      const id = '_' + randomUUID()
      const values = {
        ID: id, AssertionID: '_' + randomUUID(), Destination: receiver, Audience: partner.entityMeta.getEntityID(), SubjectRecipient: receiver,
        Issuer: idp.entityMeta.getEntityID(), IssueInstant: now, StatusCode: samlify.Constants.StatusCode.Success, ConditionsNotBefore: now,
        ConditionsNotOnOrAfter: end, SubjectConfirmationDataNotOnOrAfter: end, NameIDFormat: idp.entitySetting.nameIDFormat[0], NameID: given.name,
        InResponseTo: extract.request.id, AuthnStatement: '', attrGroups: account.groups
      }
      return { id, context: samlify.SamlLib.replaceTagsByValue(template, values) }
    }
    const { context } = await idp.createLoginResponse(partner, { extract }, 'post', { email: given.name }, replace)
    return page(response, `<form method="post" action="${receiver}"><input name="SAMLResponse" value="${context}"><input name="RelayState" value="${relayState}"></form>`)
  }
  return page(response, 'no', 404)
}

const server = createServer((request, response) => answers(request, response).catch(error => page(response, String(error), 400)))
server.listen(port, '127.0.0.1', () => console.log('ready'))
process.stdin.resume().on('end', () => { server.close(); process.exit(0) })
