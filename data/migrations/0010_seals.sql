-- What the audit's seals and a change of keys need of the database.

-- Notes are never changed but by a change of keys: the owner seals the same words anew (no other role may update them).
CREATE FUNCTION rx.refuse_all_but_resealing() RETURNS trigger LANGUAGE plpgsql AS
$body$
BEGIN
    IF to_jsonb(NEW) - 'note_sealed' IS DISTINCT FROM to_jsonb(OLD) - 'note_sealed' THEN
        RAISE EXCEPTION 'rx.contact is append-only' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'append_only';
    END IF;
    RETURN NEW;
END
$body$;
DROP TRIGGER contact_append_only ON rx.contact;
CREATE TRIGGER contact_append_only BEFORE DELETE OR TRUNCATE ON rx.contact
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER contact_only_resealed BEFORE UPDATE ON rx.contact
    FOR EACH ROW EXECUTE FUNCTION rx.refuse_all_but_resealing();

-- Each seal says which one it follows: so each can be judged alone, and a missing one is seen.
ALTER TABLE audit.seal ADD COLUMN previous bytea NOT NULL;
