-- The data of images, each once however many images show it. The row is locked while its file is put in place or removed.
create table contents (
    sha512 text primary key check (length(sha512) = 128),
    md5 text not null check (length(md5) = 32),
    size bigint not null check (size >= 0),
    created_at timestamptz not null default now(),
    touched_at timestamptz not null default now()
);

create table images (
    id uuid primary key,
    owner text not null,
    name text,
    status text not null check (status in
        ('queued', 'saving', 'uploading', 'importing', 'active', 'deactivated')),
    visibility text not null check (visibility in ('private', 'shared', 'community', 'public')),
    disk_format text,
    container_format text,
    min_disk integer not null default 0 check (min_disk >= 0),
    min_ram integer not null default 0 check (min_ram >= 0),
    protected boolean not null default false,
    hidden boolean not null default false,
    size bigint check (size >= 0),
    virtual_size bigint check (virtual_size >= 0),
    sha512 text references contents (sha512),
    checksum text,
    -- the upload that is running, or the last one of a program that was killed
    upload uuid,
    staged_size bigint check (staged_size >= 0),
    tags text[] not null default '{}',
    properties jsonb not null default '{}',
    created_at timestamptz not null,
    updated_at timestamptz not null,
    check ((status in ('active', 'deactivated')) = (sha512 is not null)),
    check (status <> 'saving' or upload is not null)
);
create index images_by_time on images (created_at desc, id desc);
create index images_by_owner on images (owner, created_at desc, id desc);
create index images_by_name on images (name);
create index images_by_content on images (sha512) where sha512 is not null;
create index images_not_settled on images (status) where status in ('saving', 'uploading', 'importing');
create index images_by_tag on images using gin (tags);
create index images_by_property on images using gin (properties jsonb_path_ops);

create table members (
    image_id uuid not null references images (id) on delete cascade,
    member text not null,
    status text not null check (status in ('pending', 'accepted', 'rejected')),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (image_id, member)
);
create index members_by_member on members (member, status);

-- Imports: what Glance calls tasks.
create table tasks (
    id uuid primary key,
    image_id uuid not null references images (id) on delete cascade,
    owner text not null,
    user_id text not null,
    request_id text not null,
    status text not null check (status in ('pending', 'processing', 'success', 'failure')),
    message text not null default '',
    created_at timestamptz not null,
    updated_at timestamptz not null
);
create index tasks_by_image on tasks (image_id, created_at);
create index tasks_by_owner on tasks (owner, created_at desc, id desc);
create index tasks_pending on tasks (created_at) where status in ('pending', 'processing');
