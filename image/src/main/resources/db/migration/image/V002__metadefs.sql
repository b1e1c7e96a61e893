-- Metadata definitions: what properties of images, volumes, servers … mean, for dashboards to offer.
create table metadef_namespace (
    name         text primary key,
    owner        text not null,
    visibility   text not null check (visibility in ('public', 'private')),
    protected    boolean not null default false,
    display_name text,
    description  text,
    created_at   timestamptz not null,
    updated_at   timestamptz not null
);
create index metadef_namespace_by_owner on metadef_namespace (owner);
create index metadef_namespace_by_time on metadef_namespace (created_at desc, name desc);

-- An object's, a property's or a tag's own body, whose name is here.
create table metadef_item (
    namespace  text not null references metadef_namespace on delete cascade on update cascade,
    kind       text not null check (kind in ('object', 'property', 'tag')),
    name       text not null,
    body       jsonb not null default '{}',
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (namespace, kind, name)
);

create table metadef_resource_type (
    name       text primary key,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
insert into metadef_resource_type (name)
values ('OS::Cinder::Snapshot'), ('OS::Cinder::Volume'), ('OS::Glance::Image'), ('OS::Neutron::Net'), ('OS::Nova::Aggregate'),
       ('OS::Nova::Flavor'), ('OS::Nova::Server');

create table metadef_association (
    namespace         text not null references metadef_namespace on delete cascade on update cascade,
    resource_type     text not null references metadef_resource_type,
    prefix            text,
    properties_target text,
    created_at        timestamptz not null,
    updated_at        timestamptz not null,
    primary key (namespace, resource_type)
);
create index metadef_association_by_type on metadef_association (resource_type);
