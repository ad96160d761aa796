-- a copy answers no marketplace under an address it was given
UPDATE orion_channel SET feed_token_ciphertext = NULL;
DELETE FROM orion_feed_address;
