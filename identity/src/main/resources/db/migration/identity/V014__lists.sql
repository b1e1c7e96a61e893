-- Lists sorted by name, page by page.
create index user_account_by_name on user_account (name, id);
create index user_group_by_name on user_group (name, id);
create index project_by_name on project (name, id);

-- name__startswith and its like, whatever the database's collation; with or without regard to case.
create index user_account_by_lower_name on user_account (lower(name) text_pattern_ops);
create index user_group_by_lower_name on user_group (lower(name) text_pattern_ops);
create index project_by_lower_name on project (lower(name) text_pattern_ops);
