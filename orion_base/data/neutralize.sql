-- no channel of a neutralised copy calls a marketplace
UPDATE orion_channel SET active = false, state = 'draft', account_fingerprint = NULL;
UPDATE orion_schedule SET enabled = false, next_run_at = NULL;
-- what waited is not sent from here; what was sent is looked after by the real database
UPDATE orion_operation
   SET status = 'cancelled', cancel_reason = 'Neutralised copy', applied = true,
       next_attempt_at = NULL, lease_until = NULL, lease_token = NULL
 WHERE status IN ('pending', 'processing', 'unknown');
UPDATE orion_operation SET applied = true WHERE NOT applied;
UPDATE orion_sync_log SET status = 'failed', completed_at = now() AT TIME ZONE 'UTC'
 WHERE status IN ('pending', 'running');
UPDATE orion_credential
   SET secret_ciphertext = NULL, masked_value = NULL, key_id = NULL,
       is_valid = false, last_validated_at = NULL, expires_at = NULL;
DELETE FROM orion_credential_wizard;
DELETE FROM orion_channel_wizard;
DELETE FROM ir_config_parameter
 WHERE key IN ('orion_base.encryption_check', 'orion_base.health_token_hash');
