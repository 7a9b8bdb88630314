#!/bin/sh
# What `provisioner apply` would send to account 9900778, to be read and handed on.
# It is no replacement: run twice it makes everything twice, and nobody looks for lost answers.
# A secret with &, < or > has to be exported as XML wants it: &amp; &lt; &gt;
set -eu

: "${BW_API_URL:=https://dashboard.bandwidth.com}" "${BW_USERNAME:?}" "${BW_PASSWORD:?}"

# assign application Production Server to Fleet/Location 000
curl -fsSi -u "$BW_USERNAME:$BW_PASSWORD" -X POST "$BW_API_URL/api/accounts/9900778/messaging_application" -H 'Content-Type: application/xml; charset=utf-8' --data-binary @- <<EOF
<A>messaging_application Fleet/Location 000</A>
EOF

# assign application Production Server to Fleet/Location 001
curl -fsSi -u "$BW_USERNAME:$BW_PASSWORD" -X POST "$BW_API_URL/api/accounts/9900778/messaging_application" -H 'Content-Type: application/xml; charset=utf-8' --data-binary @- <<EOF
<A>messaging_application Fleet/Location 001</A>
EOF

# assign application Production Server to Fleet/Location 002
curl -fsSi -u "$BW_USERNAME:$BW_PASSWORD" -X POST "$BW_API_URL/api/accounts/9900778/messaging_application" -H 'Content-Type: application/xml; charset=utf-8' --data-binary @- <<EOF
<A>messaging_application Fleet/Location 002</A>
EOF

# assign application Production Server to Fleet/Location 003
curl -fsSi -u "$BW_USERNAME:$BW_PASSWORD" -X POST "$BW_API_URL/api/accounts/9900778/messaging_application" -H 'Content-Type: application/xml; charset=utf-8' --data-binary @- <<EOF
<A>messaging_application Fleet/Location 003</A>
EOF

# assign application Production Server to Fleet/Location 004
curl -fsSi -u "$BW_USERNAME:$BW_PASSWORD" -X POST "$BW_API_URL/api/accounts/9900778/messaging_application" -H 'Content-Type: application/xml; charset=utf-8' --data-binary @- <<EOF
<A>messaging_application Fleet/Location 004</A>
EOF

# assign application Production Server to Fleet/Location 005
curl -fsSi -u "$BW_USERNAME:$BW_PASSWORD" -X POST "$BW_API_URL/api/accounts/9900778/messaging_application" -H 'Content-Type: application/xml; charset=utf-8' --data-binary @- <<EOF
<A>messaging_application Fleet/Location 005</A>
EOF

# assign application Production Server to Fleet/Location 006
curl -fsSi -u "$BW_USERNAME:$BW_PASSWORD" -X POST "$BW_API_URL/api/accounts/9900778/messaging_application" -H 'Content-Type: application/xml; charset=utf-8' --data-binary @- <<EOF
[10927 lines more; sha256 of the whole f0c2d6699417b83e5a1dc9382deab94dc32d2b8dd7f2ce01ca504d9bc74906b6]

# enable SMS on Fleet/Location 392
curl -fsSi -u "$BW_USERNAME:$BW_PASSWORD" -X POST "$BW_API_URL/api/accounts/9900778/sms" -H 'Content-Type: application/xml; charset=utf-8' --data-binary @- <<EOF
<A>sms Fleet/Location 392</A>
EOF

# enable SMS on Fleet/Location 393
curl -fsSi -u "$BW_USERNAME:$BW_PASSWORD" -X POST "$BW_API_URL/api/accounts/9900778/sms" -H 'Content-Type: application/xml; charset=utf-8' --data-binary @- <<EOF
<A>sms Fleet/Location 393</A>
EOF

# enable SMS on Fleet/Location 394
curl -fsSi -u "$BW_USERNAME:$BW_PASSWORD" -X POST "$BW_API_URL/api/accounts/9900778/sms" -H 'Content-Type: application/xml; charset=utf-8' --data-binary @- <<EOF
<A>sms Fleet/Location 394</A>
EOF

# enable SMS on Fleet/Location 395
curl -fsSi -u "$BW_USERNAME:$BW_PASSWORD" -X POST "$BW_API_URL/api/accounts/9900778/sms" -H 'Content-Type: application/xml; charset=utf-8' --data-binary @- <<EOF
<A>sms Fleet/Location 395</A>
EOF

# enable SMS on Fleet/Location 396
curl -fsSi -u "$BW_USERNAME:$BW_PASSWORD" -X POST "$BW_API_URL/api/accounts/9900778/sms" -H 'Content-Type: application/xml; charset=utf-8' --data-binary @- <<EOF
<A>sms Fleet/Location 396</A>
EOF

# enable SMS on Fleet/Location 397
curl -fsSi -u "$BW_USERNAME:$BW_PASSWORD" -X POST "$BW_API_URL/api/accounts/9900778/sms" -H 'Content-Type: application/xml; charset=utf-8' --data-binary @- <<EOF
<A>sms Fleet/Location 397</A>
EOF

# enable SMS on Fleet/Location 398
curl -fsSi -u "$BW_USERNAME:$BW_PASSWORD" -X POST "$BW_API_URL/api/accounts/9900778/sms" -H 'Content-Type: application/xml; charset=utf-8' --data-binary @- <<EOF
<A>sms Fleet/Location 398</A>
EOF

# enable SMS on Fleet/Location 399
curl -fsSi -u "$BW_USERNAME:$BW_PASSWORD" -X POST "$BW_API_URL/api/accounts/9900778/sms" -H 'Content-Type: application/xml; charset=utf-8' --data-binary @- <<EOF
<A>sms Fleet/Location 399</A>
EOF
