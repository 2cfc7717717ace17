-- Run once, as the superuser, on an empty server. Then give each role its password: \password speakup_app ...
CREATE ROLE speakup_owner LOGIN NOSUPERUSER NOBYPASSRLS;
CREATE ROLE speakup_app LOGIN NOSUPERUSER NOBYPASSRLS;
CREATE ROLE speakup_jobs LOGIN NOSUPERUSER NOBYPASSRLS;
CREATE DATABASE speakup OWNER speakup_owner;
CREATE DATABASE speakup_jobs OWNER speakup_jobs;
REVOKE CONNECT ON DATABASE speakup FROM PUBLIC;
REVOKE CONNECT ON DATABASE speakup_jobs FROM PUBLIC;
GRANT CONNECT ON DATABASE speakup TO speakup_app;
