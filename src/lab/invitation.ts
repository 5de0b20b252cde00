import { channels, type LabChannel, type LabPorts } from "./channels.ts"

/** Returns lines for a channel with comments: a message, a comment, and a private reply to it. */
const other = ({ id, name, customer, port }: LabChannel, gateway: number, apiKey: string): string => {
  const at = `http://127.0.0.1:${gateway + port}`
  return `  ${name}, as a page: ${at}/
  a customer writes, and comments; the comment's id is the messageId of the answer:
    curl -s ${at}/_simulator/customer-messages -d '{"from":"${customer}","text":"Hello"}'
    curl -s ${at}/_simulator/comments -d '{"from":"${customer}","text":"How much is it?","id":"${id}-comment-1"}'
  reply to that comment in private, which the provider allows once:
    curl -s http://127.0.0.1:${gateway}/v1/intents -H 'Authorization: Bearer ${apiKey}' -H 'Idempotency-Key: ${id}-1' \\
      -d '{"connector":"${id}","account":"support","capability":"private_reply","to":"${id}-comment-1","input":{"text":"10"}}'
`
}

/** Returns addresses and commands to try. The API key is the lab's own, made for this run. */
export const invitation = (
  ports: LabPorts,
  { apiKey, verifyToken }: { readonly apiKey: string; readonly verifyToken: string }
): string => {
  const gateway = `http://127.0.0.1:${ports.gateway}`
  const provider = `http://127.0.0.1:${ports.provider}`
  const others = channels.filter(({ id }) => id !== "whatsapp").map((channel) => other(channel, ports.gateway, apiKey))
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
  send a text; the same key again is always deduped:
    curl -s ${gateway}/v1/intents -H 'Authorization: Bearer ${apiKey}' -H 'Idempotency-Key: order-1' \\
      -d '{"connector":"whatsapp","account":"support","capability":"text","to":"+15550001111","input":{"body":"Hi"}}'
  the provider fails after accepting (the intent is then in doubt until its status arrives):
    curl -s ${provider}/_simulator/faults -d '{"mode":"fail_after_accepting","times":1}'
  the provider's handshake:
    curl -s '${gateway}/webhooks/whatsapp?hub.mode=subscribe&hub.verify_token=${verifyToken}&hub.challenge=42'
  rehearse the GO / NO-GO checklist; what you tried above is SEEN, and nothing here is ever GO:
    echo ${apiKey} | npm run -s comporta -- go-no-go --url ${gateway} --key-file /dev/stdin

${others.join("\n")}
Ctrl-C stops everything.
`
}
