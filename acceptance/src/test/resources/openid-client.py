"""Debian's authlib as OpenID Connect client; requests plays the browser. Arguments: issuer, token of an admin, user, password."""
import html, re, sys, requests
from urllib.parse import urlsplit, urlunsplit, urljoin
from authlib.integrations.requests_client import OAuth2Session
from authlib.jose import jwt, JsonWebKey
issuer, admin, user, password = sys.argv[1:5]
meta = requests.get(issuer + '/.well-known/openid-configuration').json()
assert meta['issuer'] == issuer
back = 'http://127.0.0.1:9/cb'
c = requests.post(meta['registration_endpoint'], headers={'X-Auth-Token': admin}, json={'client_name': 'authlib', 'redirect_uris': [back]}).json()
client = OAuth2Session(c['client_id'], c['client_secret'], scope='openid profile email groups projects', redirect_uri=back, code_challenge_method='S256')
verifier = 'v' * 64
url, state = client.create_authorization_url(meta['authorization_endpoint'], code_verifier=verifier, nonce='n1')
browser = requests.Session()
def submit(page, **fields):
    f = {html.unescape(n): html.unescape(v) for n, v in re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', page.text)}
    f.update(fields)
    action = urljoin(page.url, re.search(r'method="post" action="([^"]*)"', page.text).group(1))
    return browser.post(action, data=f, allow_redirects=False)
page = browser.get(url)
r = submit(page, user=user, domain='Default', password=password)
assert r.status_code == 303, r.status_code
consent = browser.get(r.headers['Location'])
r = submit(consent, decision='allow')
token = client.fetch_token(meta['token_endpoint'], authorization_response=r.headers['Location'], state=state, code_verifier=verifier)
keys = JsonWebKey.import_key_set(requests.get(meta['jwks_uri']).json())
claims = jwt.decode(token['id_token'], keys, claims_options={'iss': {'value': issuer}, 'aud': {'value': c['client_id']}, 'nonce': {'value': 'n1'}})
claims.validate()
info = client.get(meta['userinfo_endpoint']).json()
new = client.refresh_token(meta['token_endpoint'])
again = browser.get(url, allow_redirects=False)
gone = client.revoke_token(meta['revocation_endpoint'], token=new['refresh_token'])
after = requests.get(meta['userinfo_endpoint'], headers={'Authorization': 'Bearer ' + new['access_token']}).status_code
print('signed in as', claims['preferred_username'], claims['amr'], '; projects', [(p['name'], p['roles']) for p in info['projects']],
      '; refreshed', new['refresh_token'] != token['refresh_token'], '; consent remembered', again.status_code == 303, '; after revocation', after)
assert after == 401
