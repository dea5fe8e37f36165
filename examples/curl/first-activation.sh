#!/bin/sh
# Makes a product and a key, activates the key on a device, validates it, and gives the seat back.
# What happens goes to the error output; the key alone is the output.
set -eu
: "${EXISONE_BASEURL:=https://localhost:3000}" "${ADMIN_TOKEN:?a token with verify, generate and manage}"

ask() {
    path=$1
    shift
    curl --silent --show-error --fail-with-body "$EXISONE_BASEURL/api/$path" \
        --header "Authorization: ExisOneApi $ADMIN_TOKEN" \
        --header 'Content-Type: application/json' "$@"
}

say() {
    printf '%s\n' "$*" >&2
}

name=${PRODUCT:-Atlas}
# The second time there is one already, and that is said.
say "product: $(ask product/ --data "{\"name\":\"$name\",\"defaultLicenseDays\":365,\"trialDays\":14}")"

# Without `Accept: application/json` the body is the bare key.
key=$(ask activationkey/generate --data "{\"productName\":\"$name\",\"email\":\"ann@example.com\"}")

device="\"hardwareId\":\"MY-PC\",\"productName\":\"$name\",\"version\":\"1.0\""
say "activate: $(ask license/activate --data "{\"activationKey\":\"$key\",\"email\":\"ann@example.com\",$device}")"
say "validate: $(ask license/validate --data "{\"activationKey\":\"$key\",$device}")"
# In this call the key is named licenseKey.
say "deactivate: $(ask license/deactivate --data "{\"licenseKey\":\"$key\",$device}")"
say "validate: $(ask license/validate --data "{\"activationKey\":\"$key\",$device}")"
printf '%s\n' "$key"
