-- A licence's list of devices shows each once, by its last activation.
create index activations_by_device on activations (license_id, hardware_key, activated_at);
