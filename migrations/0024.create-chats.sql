-- Conversation spaces that outlive sessions, and who takes part in them.
CREATE TABLE IF NOT EXISTS chats (
    tenant_id             text        NOT NULL,
    id                    uuid        NOT NULL,
    project_id            uuid        NOT NULL,
    chat_type             text        NOT NULL,
    individual_contact_id uuid,
    external_id           text,
    subject               text,
    description           text,
    status                text        NOT NULL,
    metadata              jsonb       NOT NULL,
    label_ids             text[]      NOT NULL,
    last_message_at       timestamptz,
    created_at            timestamptz NOT NULL,
    updated_at            timestamptz NOT NULL,
    deleted_at            timestamptz,
    CONSTRAINT chats_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT chats_project_fkey FOREIGN KEY (tenant_id, project_id) REFERENCES projects (tenant_id, id),
    CONSTRAINT chats_individual_contact_fkey FOREIGN KEY (tenant_id, individual_contact_id)
        REFERENCES contacts (tenant_id, id),
    CONSTRAINT chats_chat_type_check CHECK (chat_type IN ('individual', 'group', 'channel')),
    CONSTRAINT chats_status_check CHECK (status IN ('active', 'archived', 'closed')),
    CONSTRAINT chats_individual_contact_check CHECK (
        (chat_type = 'individual') = (individual_contact_id IS NOT NULL)),
    CONSTRAINT chats_external_id_check CHECK (external_id <> ''),
    CONSTRAINT chats_subject_check CHECK (
        (chat_type = 'individual') = (subject IS NULL) AND char_length(subject) BETWEEN 1 AND 255),
    CONSTRAINT chats_description_check CHECK (
        description IS NULL OR (description <> '' AND chat_type <> 'individual')),
    CONSTRAINT chats_label_ids_check CHECK (
        array_position(label_ids, '') IS NULL AND array_position(label_ids, NULL) IS NULL),
    CONSTRAINT chats_metadata_check CHECK (jsonb_typeof(metadata) = 'object')
);
-- One live chat per id on the platform: another tenant in the same group is not in the way, nor is a
-- deleted chat.
CREATE UNIQUE INDEX IF NOT EXISTS chats_live_external_id_key
    ON chats (tenant_id, external_id) WHERE deleted_at IS NULL AND external_id IS NOT NULL;
-- One live individual chat per contact and project, so that of two racing first messages one must find
-- the other's chat. None of its columns changes in a chat's life.
CREATE UNIQUE INDEX IF NOT EXISTS chats_live_individual_key
    ON chats (tenant_id, project_id, individual_contact_id)
    WHERE deleted_at IS NULL AND individual_contact_id IS NOT NULL;
ALTER TABLE chats ENABLE ROW LEVEL SECURITY;
ALTER TABLE chats FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON chats;
CREATE POLICY tenant ON chats USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());

-- Rows instead of a document in the chat: each is compared and written by itself, and an index finds the
-- chats of a contact. contact_id and agent_id are participant_id, parted so that foreign keys can follow.
CREATE TABLE IF NOT EXISTS chat_participants (
    tenant_id        text        NOT NULL,
    chat_id          uuid        NOT NULL,
    participant_id   uuid        NOT NULL,
    participant_type text        NOT NULL,
    contact_id       uuid GENERATED ALWAYS AS (
        CASE WHEN participant_type = 'contact' THEN participant_id END) STORED,
    agent_id         uuid GENERATED ALWAYS AS (
        CASE WHEN participant_type = 'agent' THEN participant_id END) STORED,
    joined_at        timestamptz NOT NULL,
    is_admin         boolean     NOT NULL,
    CONSTRAINT chat_participants_pkey PRIMARY KEY (tenant_id, chat_id, participant_id),
    CONSTRAINT chat_participants_chat_fkey FOREIGN KEY (tenant_id, chat_id)
        REFERENCES chats (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT chat_participants_contact_fkey FOREIGN KEY (tenant_id, contact_id)
        REFERENCES contacts (tenant_id, id),
    CONSTRAINT chat_participants_agent_fkey FOREIGN KEY (tenant_id, agent_id)
        REFERENCES agents (tenant_id, id),
    CONSTRAINT chat_participants_type_check CHECK (participant_type IN ('contact', 'agent'))
);
CREATE INDEX IF NOT EXISTS chat_participants_contact_idx
    ON chat_participants (tenant_id, contact_id) WHERE contact_id IS NOT NULL;
ALTER TABLE chat_participants ENABLE ROW LEVEL SECURITY;
ALTER TABLE chat_participants FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON chat_participants;
CREATE POLICY tenant ON chat_participants
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());

COMMENT ON TABLE chats IS 'Conversation spaces that outlive sessions: with one contact, of a group, or broadcast-like.';
COMMENT ON COLUMN chats.tenant_id IS 'Whose chat it is.';
COMMENT ON COLUMN chats.id IS 'The chat, made by the client as a UUIDv7.';
COMMENT ON COLUMN chats.project_id IS 'The project that the chat belongs to; never changes.';
COMMENT ON COLUMN chats.chat_type IS 'individual, group or channel; never changes.';
COMMENT ON COLUMN chats.individual_contact_id IS 'The one contact of an individual chat, by which it is unique; NULL for the other types.';
COMMENT ON COLUMN chats.external_id IS 'The id of the chat on the platform, such as the address of a WhatsApp group; NULL when unknown.';
COMMENT ON COLUMN chats.subject IS 'The name of a group or channel, 1 to 255 characters; NULL for an individual chat.';
COMMENT ON COLUMN chats.description IS 'What a group or channel is about; NULL when nothing is said, and for an individual chat.';
COMMENT ON COLUMN chats.status IS 'active, archived, or closed, which is terminal.';
COMMENT ON COLUMN chats.metadata IS 'Free-form object; labels are not in it.';
COMMENT ON COLUMN chats.label_ids IS 'Ids of labels defined on channels, each once, in the order of their adding.';
COMMENT ON COLUMN chats.last_message_at IS 'When the latest message was written; NULL before the first, never goes back.';
COMMENT ON COLUMN chats.created_at IS 'When the chat was made.';
COMMENT ON COLUMN chats.updated_at IS 'When the chat was last changed.';
COMMENT ON COLUMN chats.deleted_at IS 'When the chat was deleted; NULL while it is live.';
COMMENT ON TABLE chat_participants IS 'Who takes part in a chat; written only together with a step of the version of the chat.';
COMMENT ON COLUMN chat_participants.tenant_id IS 'Whose chat it is.';
COMMENT ON COLUMN chat_participants.chat_id IS 'The chat that is taken part in.';
COMMENT ON COLUMN chat_participants.participant_id IS 'The contact or the agent, at most once in a chat.';
COMMENT ON COLUMN chat_participants.participant_type IS 'contact or agent: whose id participant_id is.';
COMMENT ON COLUMN chat_participants.contact_id IS 'participant_id where it is a contact, else NULL; made by the server for the foreign key and the index.';
COMMENT ON COLUMN chat_participants.agent_id IS 'participant_id where it is an agent, else NULL; made by the server for the foreign key.';
COMMENT ON COLUMN chat_participants.joined_at IS 'When the participant joined; orders the participants of a chat.';
COMMENT ON COLUMN chat_participants.is_admin IS 'Whether the participant runs the group; true only in chats of type group.';
