create table plant (
    id     bigint primary key,
    bed_id bigint not null constraint plant_bed references bed deferrable initially deferred
);
