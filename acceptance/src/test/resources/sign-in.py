"""keystoneauth's plugins: signs in by the one named, with its options as JSON, and says as what. Whoever needs one more factor gets the receipt."""
import json, sys
from keystoneauth1 import exceptions, loading, session
from keystoneauth1.identity import v3

name, options = sys.argv[1], json.loads(sys.argv[2])
receipt = options.pop('receipt', None)
plugin = loading.get_plugin_loader(name).load_from_options(**options)
if receipt:
    plugin.add_method(v3.ReceiptMethod(receipt=receipt))
client = session.Session(auth=plugin)
try:
    body = client.get(options['auth_url'] + '/auth/tokens', authenticated=True,
                      headers={'X-Subject-Token': client.get_token()}).json()['token']
except exceptions.MissingAuthMethods as missing:
    print(json.dumps({'receipt': missing.receipt, 'had': missing.methods, 'required': missing.required_auth_methods}))
else:
    print(json.dumps({'user': body['user'], 'methods': body['methods'], 'project': body.get('project', {}).get('name'),
                      'roles': [role['name'] for role in body.get('roles', [])], 'token': client.get_token()}))
