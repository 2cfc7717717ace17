-- A role for the processes that serve the board's pages (SPEAKUP_SURFACES=board). Run as speakup_owner in the database
-- "speakup", after each `speakup migrate`; the role is made once before, as the superuser:
--   CREATE ROLE speakup_board LOGIN NOSUPERUSER NOBYPASSRLS;
--   GRANT CONNECT ON DATABASE speakup TO speakup_board;
-- It sees one organisation at a time, as every role does, and has no right to any table of cases, of what people sent,
-- or of what is counted of it: a board's page could not query them if it wanted to.

-- At which version the database stands; who is signed in, and in which role: read, and the session marked as seen. Of routing rules, whether a change waits for
-- a second person, for the menu of those who decide.
GRANT SELECT ON alembic_version, organisation, host_name, person, membership, second_factor, key_pair, key_log_entry,
  absence, routing_proposal TO speakup_board;
GRANT SELECT, UPDATE ON staff_session, seen_state TO speakup_board;

-- What is written down of every act.
GRANT SELECT, INSERT ON audit_entry TO speakup_board;
GRANT SELECT, UPDATE ON audit_head TO speakup_board;

-- What is published, here and by others who send it, what stands beside it, what the board asks. Of learning actions,
-- whether somebody has one, for their menu.
GRANT SELECT ON published_pack, learning_action, received_from, received_year TO speakup_board;
GRANT SELECT, INSERT, UPDATE, DELETE ON context_figure TO speakup_board;
GRANT SELECT, INSERT, UPDATE ON board_question TO speakup_board;
