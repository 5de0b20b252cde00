import type { Text } from "../words.ts"

const command = (text: string): Text => ({ en: `\`comporta ${text}\``, pt: `\`comporta ${text}\`` })

/** The command or act that clears a row. */
export const clears = {
  drillBoot: command("drill boot"),
  check: command("check"),
  restart: { en: "restart the gateway", pt: "reiniciar o gateway" },
  moveSecrets: {
    en: "move the secrets to a secret manager, or to a mount of their own",
    pt: "mover os secrets para um Secret Manager / Vault, ou para um mount próprio"
  },
  leakCanary: command("drill leak-canary"),
  rotate: {
    en: "rotate an access token, then send once",
    pt: "rotacionar um access token e enviar uma vez"
  },
  ci: { en: "run the CI of this commit", pt: "executar o CI deste commit" },
  callback: {
    en: "set the callback at the provider, then send a message to it",
    pt: "configurar o callback no provider e enviar uma mensagem"
  },
  unsignedWebhook: command("drill unsigned-webhook"),
  redeliver: command("drill redeliver"),
  crash: command("drill crash timeout"),
  crashOnly: command("drill crash"),
  repeatIntent: command("drill repeat-intent"),
  timeout: command("drill timeout"),
  providerErrors: command("drill provider-4xx provider-5xx"),
  provider4xx: command("drill provider-4xx"),
  provider5xx: command("drill provider-5xx"),
  sendOnce: { en: "send one intent", pt: "enviar um intent" },
  explain: command("drill explain"),
  parity: {
    en: "change staging or production until they are equal",
    pt: "alterar staging ou production até ficarem iguais"
  },
  rollback: {
    en: "deploy the release before, then this one again",
    pt: "fazer deploy da versão anterior e, depois, desta versão"
  },
  rows: { en: "clear the rows that it repeats", pt: "resolver os itens que ele repete" },
  exercise: (connector: string): Text => command(`drill exercise ${connector}`),
  exerciseShort: (connector: string): Text => command(`drill exercise ${connector} --short`),
  testPhone: {
    en: "write to the account from the test phone",
    pt: "escrever para a conta a partir do telefone de teste"
  },
  declareConfirm: {
    en: "use a connector that declares how an inbound event is confirmed",
    pt: "usar um conector que declara como um evento inbound é confirmado"
  },
  declareAcknowledged: {
    en: "use a connector that declares how the capability is acknowledged",
    pt: "usar um conector que declara como a capability é confirmada"
  },
  acknowledgeAsPolicy: {
    en: "use a connector that declares the acknowledgement of the policy",
    pt: "usar um conector que declara a confirmação exigida pela política"
  }
} as const
