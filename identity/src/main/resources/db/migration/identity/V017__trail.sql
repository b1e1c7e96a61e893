-- What anybody can cause is kept up to a number, whatever its age.
create index audit_event_of_failures on audit_event (id) where outcome = 'failure';
