-- Run once by PostgreSQL's image, as its superuser, when the volume is new: a role for each tenant, and what it owns.

\set ON_ERROR_STOP on
\getenv temporal_password TEMPORAL_DB_PASSWORD
\getenv duecourse_password DUECOURSE_DB_PASSWORD

CREATE ROLE temporal LOGIN PASSWORD :'temporal_password';
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
REVOKE CONNECT ON DATABASE temporal, temporal_visibility FROM PUBLIC;

CREATE ROLE duecourse LOGIN PASSWORD :'duecourse_password';
CREATE DATABASE duecourse OWNER duecourse;
REVOKE CONNECT ON DATABASE duecourse FROM PUBLIC;
