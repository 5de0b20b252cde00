import type { LabPorts } from "./lab-config.ts"

/** What a person can try: addresses and lines to copy. The key is the lab's own, made for this run. */
export const invitation = (
  ports: LabPorts,
  { apiKey, verifyToken }: { readonly apiKey: string; readonly verifyToken: string }
): string => {
  const gateway = `http://127.0.0.1:${ports.gateway}`
  const provider = `http://127.0.0.1:${ports.provider}`
  return `Try it:
  the lab as a page        ${provider}/
  API, documented          ${gateway}/docs
  metrics                  ${gateway}/metrics
  simulated provider       ${provider}/_simulator/effects
  example runtime          http://127.0.0.1:${ports.runtime}/comporta

  a customer writes:
    curl -s ${provider}/_simulator/customer-messages -d '{"from":"15550001111","text":"Hello"}'
  the provider delivers its last webhook again:
    curl -s -X POST ${provider}/_simulator/redeliver
  send a text; the same key again is deduped, whatever happens:
    curl -s ${gateway}/v1/intents -H 'Authorization: Bearer ${apiKey}' -H 'Idempotency-Key: order-1' \\
      -d '{"connector":"whatsapp","account":"support","capability":"text","to":"+15550001111","input":{"body":"Hi"}}'
  the provider fails after accepting (the intent is then in doubt until its status arrives):
    curl -s ${provider}/_simulator/faults -d '{"mode":"fail_after_accepting","times":1}'
  the provider's handshake:
    curl -s '${gateway}/webhooks/whatsapp?hub.mode=subscribe&hub.verify_token=${verifyToken}&hub.challenge=42'

Ctrl-C stops everything.
`
}
