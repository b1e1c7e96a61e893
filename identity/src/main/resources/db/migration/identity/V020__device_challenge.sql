-- PKCE for devices: what the code's verifier must hash to, where the device sent one.
alter table oidc_device add column challenge text;
