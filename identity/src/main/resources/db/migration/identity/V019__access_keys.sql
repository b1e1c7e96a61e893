-- An EC2 credential is found by what its access key hashes to. It begins as the credential's id, but a change of the key
-- does not change the id.
alter table credential add column access_hash text constraint credential_access unique;
update credential set access_hash = id where type = 'ec2';
