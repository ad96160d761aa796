-- a copy answers no marketplace under an address it was given
UPDATE orion_channel SET feed_token_ciphertext = NULL;
DELETE FROM orion_feed_address;
-- addresses of feeds may hold keys
UPDATE orion_channel SET feed_url_fr = NULL, feed_url_de = NULL, feed_url_en = NULL;
UPDATE orion_import_job SET source_url = NULL;
UPDATE orion_import_job SET status = 'cancelled' WHERE status IN ('pending', 'processing');
DELETE FROM orion_import_wizard;
