-- a copy holds no keys, and sells none
UPDATE orion_digital_key
   SET value = NULL, state = CASE WHEN state = 'available' THEN 'invalid' ELSE state END;
DELETE FROM ir_attachment WHERE res_model = 'orion.digital.key' AND res_field = 'value_file';
DELETE FROM ir_config_parameter WHERE key = 'orion_digital_keys.pepper';
UPDATE orion_digital_piece SET try_at = NULL, buy_at = NULL;
UPDATE orion_key_purchase SET check_at = NULL;
