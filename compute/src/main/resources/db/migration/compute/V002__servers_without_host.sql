-- A server for which no host was found is in error and on no host; it holds nothing and has no guest.
alter table server alter column host drop not null;
alter table server add constraint server_without_host check (host is not null or vm_state in ('error', 'deleted'));

-- What Nova once used to share networks by; kept and told until 2.102, and it does nothing.
alter table flavor add column rxtx_factor double precision not null default 1 check (rxtx_factor > 0);
