#!/bin/sh
# What `provisioner apply` would send to account 9900778, to be read and handed on.
# It is no replacement: run twice it makes everything twice, and nobody looks for lost answers.
# A secret with &, < or > has to be exported as XML wants it: &amp; &lt; &gt;
set -eu

: "${BW_API_URL:=https://dashboard.bandwidth.com}" "${BW_USERNAME:?}" "${BW_PASSWORD:?}"

# create application Production Server
curl -fsSi -u "$BW_USERNAME:$BW_PASSWORD" -X POST "$BW_API_URL/api/accounts/9900778/application" -H 'Content-Type: application/xml; charset=utf-8' --data-binary @- <<EOF
<A>application Production Server</A>
EOF

# assign application Production Server to Raleigh/Messaging East
curl -fsSi -u "$BW_USERNAME:$BW_PASSWORD" -X POST "$BW_API_URL/api/accounts/9900778/messaging_application" -H 'Content-Type: application/xml; charset=utf-8' --data-binary @- <<EOF
<A>messaging_application Raleigh/Messaging East</A>
EOF

# enable MMS on Raleigh/Messaging East
curl -fsSi -u "$BW_USERNAME:$BW_PASSWORD" -X POST "$BW_API_URL/api/accounts/9900778/mms" -H 'Content-Type: application/xml; charset=utf-8' --data-binary @- <<EOF
<A>mms Raleigh/Messaging East</A>
EOF

# order 1 number in area code 910 for Raleigh/Messaging East
curl -fsSi -u "$BW_USERNAME:$BW_PASSWORD" -X POST "$BW_API_URL/api/accounts/9900778/numbers" -H 'Content-Type: application/xml; charset=utf-8' --data-binary @- <<EOF
<A>numbers Raleigh/Messaging East/area_code=910</A>
EOF

# create sippeer Raleigh/Messaging East
curl -fsSi -u "$BW_USERNAME:$BW_PASSWORD" -X POST "$BW_API_URL/api/accounts/9900778/sippeer" -H 'Content-Type: application/xml; charset=utf-8' --data-binary @- <<EOF
<A>sippeer Raleigh/Messaging East</A>
EOF

# create site Raleigh
curl -fsSi -u "$BW_USERNAME:$BW_PASSWORD" -X POST "$BW_API_URL/api/accounts/9900778/site" -H 'Content-Type: application/xml; charset=utf-8' --data-binary @- <<EOF
<A>site Raleigh</A>
EOF

# enable SMS on Raleigh/Messaging East
curl -fsSi -u "$BW_USERNAME:$BW_PASSWORD" -X POST "$BW_API_URL/api/accounts/9900778/sms" -H 'Content-Type: application/xml; charset=utf-8' --data-binary @- <<EOF
<A>sms Raleigh/Messaging East</A>
EOF
