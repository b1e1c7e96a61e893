-- Lists sorted by name, page by page.
create index user_account_by_name on user_account (name, id);
create index user_group_by_name on user_group (name, id);
create index project_by_name on project (name, id);

-- name__startswith and its like, whatever the database's collation; with or without regard to case.
create index user_account_by_lower_name on user_account (lower(name) text_pattern_ops);
create index user_group_by_lower_name on user_group (lower(name) text_pattern_ops);
create index project_by_lower_name on project (lower(name) text_pattern_ops);

-- name__contains and name__endswith: by trigrams, where PostgreSQL has them and lets us; else such a list reads all names.
do $$
begin
    create extension if not exists pg_trgm with schema public;
    create index user_account_by_part_of_name on user_account using gin (lower(name) public.gin_trgm_ops);
    create index user_group_by_part_of_name on user_group using gin (lower(name) public.gin_trgm_ops);
    create index project_by_part_of_name on project using gin (lower(name) public.gin_trgm_ops);
exception when insufficient_privilege or undefined_file or feature_not_supported or undefined_object then
    raise notice 'no index on parts of names: %', sqlerrm;
end
$$;
