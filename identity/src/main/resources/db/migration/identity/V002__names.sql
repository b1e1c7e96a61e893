-- A domain's own name lives beside the names of its projects, not among them: a project may be named like its domain.
alter table project drop constraint project_name_in_domain;
create unique index project_name_in_domain on project (domain_id, name) where not is_domain;
create index project_by_domain on project (domain_id);
create index application_credential_by_project on application_credential (project_id);
