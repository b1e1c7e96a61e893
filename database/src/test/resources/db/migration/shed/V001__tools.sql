create table tool (id bigint primary key);
