"""Debian's boto3 against the cloud's S3. Arguments: the cloud's origin, a bucket's name. The key is in the environment."""
import io, json, sys, urllib.error, urllib.request
import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
origin, bucket = sys.argv[1:3]
def client(signature):
    return boto3.client('s3', endpoint_url=origin, region_name='us-east-1',
                        config=Config(signature_version=signature, s3={'addressing_style': 'path'}, retries={'max_attempts': 1}))
s3 = client('s3v4')
def refused(code, call, **arguments):
    try: call(**arguments)
    except ClientError as e: assert e.response['Error']['Code'] == code, e
    else: raise AssertionError('not refused: ' + code)
def text(**arguments): return s3.get_object(Bucket=bucket, **arguments)['Body'].read()
s3.create_bucket(Bucket=bucket)
refused('BucketAlreadyOwnedByYou', s3.create_bucket, Bucket=bucket)
# Objects: metadata, ranges, conditions, copies, tags.
s3.put_object(Bucket=bucket, Key='a/b c+d~\u00e9', Body=b'hello', Metadata={'color': 'red'}, ContentType='text/plain', Tagging='k=v')
got = s3.get_object(Bucket=bucket, Key='a/b c+d~\u00e9')
assert (got['Body'].read(), got['Metadata'], got['ContentType']) == (b'hello', {'color': 'red'}, 'text/plain')
assert text(Key='a/b c+d~\u00e9', Range='bytes=1-2') == b'el'
refused('InvalidRange', s3.get_object, Bucket=bucket, Key='a/b c+d~\u00e9', Range='bytes=10-')
refused('PreconditionFailed', s3.get_object, Bucket=bucket, Key='a/b c+d~\u00e9', IfMatch='"0"')
refused('NoSuchKey', s3.get_object, Bucket=bucket, Key='none')
refused('BadDigest', s3.put_object, Bucket=bucket, Key='wrong', Body=b'x', ContentMD5='AAAAAAAAAAAAAAAAAAAAAA==')
s3.copy_object(Bucket=bucket, Key='copied', CopySource={'Bucket': bucket, 'Key': 'a/b c+d~\u00e9'})
assert s3.head_object(Bucket=bucket, Key='copied')['Metadata'] == {'color': 'red'}
assert s3.get_object_tagging(Bucket=bucket, Key='copied')['TagSet'] == [{'Key': 'k', 'Value': 'v'}]
# Lists, page by page.
for i in range(12): s3.put_object(Bucket=bucket, Key='list/%02d' % i, Body=b'')
keys = [o['Key'] for page in s3.get_paginator('list_objects_v2').paginate(Bucket=bucket, Prefix='list/', PaginationConfig={'PageSize': 5}) for o in page['Contents']]
assert keys == ['list/%02d' % i for i in range(12)], keys
first = s3.list_objects(Bucket=bucket, Delimiter='/')
assert [p['Prefix'] for p in first['CommonPrefixes']] == ['a/', 'list/'] and [o['Key'] for o in first['Contents']] == ['copied']
# Parts.
upload = s3.create_multipart_upload(Bucket=bucket, Key='parts')['UploadId']
part = lambda n, body: {'PartNumber': n, 'ETag': s3.upload_part(Bucket=bucket, Key='parts', UploadId=upload, PartNumber=n, Body=body)['ETag']}
parts = [part(1, b'1' * (5 << 20)), part(2, b'2')]
refused('InvalidPartOrder', s3.complete_multipart_upload, Bucket=bucket, Key='parts', UploadId=upload, MultipartUpload={'Parts': parts[::-1]})
refused('InvalidPart', s3.complete_multipart_upload, Bucket=bucket, Key='parts', UploadId=upload, MultipartUpload={'Parts': [{'PartNumber': 1, 'ETag': '0' * 32}]})
for again in range(2): s3.complete_multipart_upload(Bucket=bucket, Key='parts', UploadId=upload, MultipartUpload={'Parts': parts})
assert text(Key='parts', Range='bytes=-2') == b'12'
small = s3.create_multipart_upload(Bucket=bucket, Key='small')['UploadId']
etags = [s3.upload_part(Bucket=bucket, Key='small', UploadId=small, PartNumber=n, Body=b'x')['ETag'] for n in (1, 2)]
refused('EntityTooSmall', s3.complete_multipart_upload, Bucket=bucket, Key='small', UploadId=small, MultipartUpload={'Parts': [{'PartNumber': n + 1, 'ETag': e} for n, e in enumerate(etags)]})
s3.abort_multipart_upload(Bucket=bucket, Key='small', UploadId=small)
refused('NoSuchUpload', s3.abort_multipart_upload, Bucket=bucket, Key='small', UploadId=small)
# Signed URLs of both versions, and what becomes of an altered one.
for version in ('s3v4', 's3'):
    url = client(version).generate_presigned_url('get_object', Params={'Bucket': bucket, 'Key': 'copied', 'ResponseContentType': 'text/one'}, ExpiresIn=100)
    answer = urllib.request.urlopen(url)
    assert answer.read() == b'hello' and answer.headers['content-type'] == 'text/one'
    try: urllib.request.urlopen(url.replace('one', 'two'))
    except urllib.error.HTTPError as e: assert e.code == 403
    else: raise AssertionError('an altered URL was taken')
# Who has no key sees what a policy opens, and no more.
open_ = lambda key: urllib.request.urlopen(origin + '/s3/' + bucket + '/' + key).read()
s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({'Version': '2012-10-17', 'Statement': [
    {'Effect': 'Allow', 'Principal': '*', 'Action': 's3:GetObject', 'Resource': 'arn:aws:s3:::%s/cop*' % bucket}]}))
assert open_('copied') == b'hello'
try: open_('parts')
except urllib.error.HTTPError as e: assert e.code == 403
else: raise AssertionError('a closed object was open')
refused('MalformedPolicy', s3.put_bucket_policy, Bucket=bucket, Policy='{')
s3.delete_bucket_policy(Bucket=bucket)
# Versions.
s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={'Status': 'Enabled'})
one = s3.put_object(Bucket=bucket, Key='copied', Body=b'one')['VersionId']
marker = s3.delete_object(Bucket=bucket, Key='copied')
assert marker['DeleteMarker']
refused('NoSuchKey', s3.get_object, Bucket=bucket, Key='copied')
assert text(Key='copied', VersionId='null') == b'hello' and text(Key='copied', VersionId=one) == b'one'
s3.delete_object(Bucket=bucket, Key='copied', VersionId=marker['VersionId'])
assert text(Key='copied') == b'one'
s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={'Rules': [{'ID': 'r', 'Status': 'Enabled', 'Filter': {'Prefix': 'tmp/'}, 'Expiration': {'Days': 1}}]})
assert s3.get_bucket_lifecycle_configuration(Bucket=bucket)['Rules'][0]['Expiration'] == {'Days': 1}
refused('BucketNotEmpty', s3.delete_bucket, Bucket=bucket)
while True:
    page = s3.list_object_versions(Bucket=bucket, MaxKeys=5)
    states = page.get('Versions', []) + page.get('DeleteMarkers', [])
    if not states: break
    gone = s3.delete_objects(Bucket=bucket, Delete={'Objects': [{'Key': v['Key'], 'VersionId': v['VersionId']} for v in states]})
    assert not gone.get('Errors'), gone
s3.delete_bucket(Bucket=bucket)
print('all as it should be')
