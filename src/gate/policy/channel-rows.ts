import type { Text } from "../words.ts"
import { atLeast, ages, none, anyWord, proof, row, someOfIt, traffic } from "./build.ts"
import { clears } from "./clears.ts"
import { factsOf, leastOf, namesEvent, ofAdmittedEvent } from "./acknowledgements.ts"
import type { Acknowledged, ConfiguredChannel } from "./configured.ts"
import type { PolicyRow } from "./policy.ts"

const strength: Readonly<Record<Acknowledged, number>> = { accepted: 0, readBack: 1, sent: 1, echo: 2, delivered: 3 }

/** Returns the weakest acknowledgement that the variants of a connector declare; `undefined` when one declares none. */
const declaredOf = (channels: ReadonlyArray<ConfiguredChannel>, capability: string): Acknowledged | undefined => {
  const declared = channels.flatMap(({ capabilities }) => capabilities.filter(({ id }) => id === capability))
  const known = declared.flatMap(({ acknowledged }) => (acknowledged === undefined ? [] : [acknowledged]))
  if (known.length < declared.length) return undefined
  return known.sort((one, other) => strength[one] - strength[other])[0]
}

const both = (text: string): Text => ({ en: text, pt: text })

const capabilityRow = (
  connector: string,
  capability: string,
  channels: ReadonlyArray<ConfiguredChannel>
): PolicyRow => {
  const id = `3.2:${connector}.${capability}`
  const about = { id, text: both(`${connector}: ${capability}`), kind: "observed", each: "capability" } as const
  const acknowledged = declaredOf(channels, capability)
  const of = { ...about, connector, capability }
  if (acknowledged === undefined) {
    return row({ ...of, judge: "unobservable", bound: "C", clears: clears.declareAcknowledged })
  }
  const least = leastOf.get(`${connector}.${capability}`)
  if (least !== undefined && strength[acknowledged] < strength[least]) {
    return row({ ...of, judge: "weak_acknowledgement", bound: "C", clears: clears.acknowledgeAsPolicy })
  }
  const facts = namesEvent.has(`${connector}.${capability}`) ? ofAdmittedEvent : factsOf[acknowledged]
  const waits = acknowledged === "accepted" || acknowledged === "readBack" ? {} : ({ waits: true } as const)
  return row({
    ...of,
    proofs: [proof(id, "C", { by: traffic, genuine: true, account: true, facts, ...waits })],
    clears: clears.exercise(connector)
  })
}

const inboundRow = (connector: string, channels: ReadonlyArray<ConfiguredChannel>): PolicyRow => {
  const id = `3.2:${connector}.inbound`
  const of = {
    id,
    text: { en: `${connector}: inbound messages`, pt: `${connector}: mensagens inbound` },
    kind: "observed",
    each: "connector",
    connector
  } as const
  const ways = channels.flatMap(({ confirmInbound }) => (confirmInbound === undefined ? [] : [confirmInbound]))
  if (ways.length < channels.length) {
    return row({ ...of, judge: "unobservable", bound: "C", clears: clears.declareConfirm })
  }
  const facts = {
    admitted: someOfIt,
    acknowledged: someOfIt,
    confirmed: someOfIt,
    confirmed_by: anyWord([...new Set(ways)].toSorted())
  }
  return row({
    ...of,
    proofs: [proof(id, "C", { by: traffic, genuine: true, account: true, facts })],
    clears: clears.testPhone
  })
}

const mediaText = {
  up: { en: "media upload, used in a delivered message", pt: "upload de mídia, usada em mensagem entregue" },
  down: {
    en: "media download, size and hash as the provider says",
    pt: "download de mídia, tamanho e hash como o provider informa"
  }
}
const mediaFacts = {
  up: { uploads: someOfIt, used_in_delivered: someOfIt },
  down: { downloads: someOfIt, differing: none }
}

const mediaRow = (connector: string, direction: "up" | "down"): PolicyRow => {
  const id = `3.2:${connector}.media.${direction}`
  const { en, pt } = mediaText[direction]
  const options = { by: traffic, genuine: true, account: true, facts: mediaFacts[direction] } as const
  return row({
    id,
    text: { en: `${connector}: ${en}`, pt: `${connector}: ${pt}` },
    kind: "observed",
    each: "connector",
    connector,
    proofs: [proof(id, "C", options)],
    clears: clears.exercise(connector)
  })
}

/** Ways in which a connector reaches its provider's host. */
export type HostPath = "call" | "upload" | "download" | "read-back" | "echo"

const pathText: Readonly<Record<HostPath, Text>> = {
  call: { en: "a call", pt: "uma chamada" },
  upload: { en: "an upload", pt: "um upload" },
  download: { en: "a download", pt: "um download" },
  "read-back": { en: "a read-back", pt: "uma leitura de confirmação" },
  echo: { en: "an echo", pt: "um echo" }
}

const pathsOf = (channels: ReadonlyArray<ConfiguredChannel>): ReadonlyArray<HostPath> => {
  const media = new Set(channels.flatMap((one) => one.media))
  const ways = new Set(channels.flatMap(({ capabilities }) => capabilities.map(({ acknowledged }) => acknowledged)))
  const asks = channels.some(({ confirmInbound }) => confirmInbound === "question")
  return [
    ...(ways.size > 0 ? (["call"] as const) : []),
    ...(media.has("up") ? (["upload"] as const) : []),
    ...(media.has("down") ? (["download"] as const) : []),
    ...(ways.has("readBack") || asks ? (["read-back"] as const) : []),
    ...(ways.has("echo") ? (["echo"] as const) : [])
  ]
}

const pathRow = (connector: string, path: HostPath): PolicyRow => {
  const id = `3.2:${connector}.path.${path}`
  const { en, pt } = pathText[path]
  return row({
    id,
    text: { en: `${connector}: ${en} by this release`, pt: `${connector}: ${pt} por esta versão` },
    kind: "observed",
    each: "path",
    connector,
    proofs: [proof(id, "R", { maxAge: ages.days14, by: traffic, genuine: true, facts: { acknowledged: atLeast(1) } })],
    clears: clears.exerciseShort(connector)
  })
}

const rowsOf = (connector: string, channels: ReadonlyArray<ConfiguredChannel>): ReadonlyArray<PolicyRow> => {
  const capabilities = new Set(channels.flatMap((one) => one.capabilities.map(({ id }) => id)))
  const media = new Set(channels.flatMap((one) => one.media))
  const rows = [...capabilities].toSorted().map((id) => capabilityRow(connector, id, channels))
  rows.push(inboundRow(connector, channels))
  for (const direction of ["up", "down"] as const) if (media.has(direction)) rows.push(mediaRow(connector, direction))
  for (const path of pathsOf(channels)) rows.push(pathRow(connector, path))
  return rows
}

/** Returns the rows of section 3.2: one for each capability, direction and path that is configured, and no other. */
export const channelRows = (channels: ReadonlyArray<ConfiguredChannel>): ReadonlyArray<PolicyRow> =>
  [...new Set(channels.map(({ connector }) => connector))].toSorted().flatMap((connector) =>
    rowsOf(
      connector,
      channels.filter((one) => one.connector === connector)
    )
  )
