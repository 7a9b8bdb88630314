#!/bin/sh
# What `provisioner apply` would send to account 9900778, to be read and handed on.
# It is no replacement: run twice it makes everything twice, and nobody looks for lost answers.
# A secret with &, < or > has to be exported as XML wants it: &amp; &lt; &gt;
set -eu

: "${BW_API_URL:=https://dashboard.bandwidth.com}" "${BW_USERNAME:?}" "${BW_PASSWORD:?}" "${CALLBACK_PASSWORD:?}"

# create application Production Server
curl -fsSi -u "$BW_USERNAME:$BW_PASSWORD" -X POST "$BW_API_URL/api/accounts/9900778/applications" -H 'Content-Type: application/xml; charset=utf-8' --data-binary @- <<EOF
<A>
  <P>${CALLBACK_PASSWORD}</P>
</A>
EOF

# create site Raleigh
# to see
curl -fsSi -u "$BW_USERNAME:$BW_PASSWORD" -X GET "$BW_API_URL/api/accounts/9900778/sites/12"

# create site Raleigh
curl -fsSi -u "$BW_USERNAME:$BW_PASSWORD" -X PUT "$BW_API_URL/api/accounts/9900778/sites/12" -H 'Content-Type: application/xml; charset=utf-8' --data-binary @- <<EOF_
<S>\$(rm) \`x\` \\ 
EOF
</S>
EOF_

# order 1 number in area code 910 for Raleigh/Messaging East
# to look
curl -fsSi -u "$BW_USERNAME:$BW_PASSWORD" -X GET "$BW_API_URL/api/accounts/9900778/orders?page=1&customerOrderId=bwp-1-1"

# order 1 number in area code 910 for Raleigh/Messaging East
printf %s 'id of site Raleigh: ' >&2; read -r SITE_RALEIGH_ID
curl -fsSi -u "$BW_USERNAME:$BW_PASSWORD" -X POST "$BW_API_URL/api/accounts/9900778/orders" -H 'Content-Type: application/xml; charset=utf-8' --data-binary @- <<EOF
<O>${SITE_RALEIGH_ID}</O>
EOF

# order 1 number in area code 910 for Raleigh/Messaging East
# until
printf %s 'order id of numbers (area_code=910) for Raleigh/Messaging East: ' >&2; read -r NUMBERS_RALEIGH_MESSAGING_EAST_AREA_CODE_910_ORDER_ID
curl -fsSi -u "$BW_USERNAME:$BW_PASSWORD" -X GET "$BW_API_URL/api/accounts/9900778/orders/${NUMBERS_RALEIGH_MESSAGING_EAST_AREA_CODE_910_ORDER_ID}"
