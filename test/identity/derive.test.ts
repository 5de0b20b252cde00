import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as derive from "../../src/identity/derive.ts"
import { IdHash } from "../../src/secrets/id-hash.ts"
import { ConnectorId, IntentId, ProviderAccountId } from "../../src/domain/ids.ts"
import { atOnce } from "../../src/domain/pieces.ts"
import { idHash } from "../inbound/harness.ts"

const connector = ConnectorId.make("whatsapp")
const providerAccount = ProviderAccountId.make("106540352242922")
const owner = {
  channel: { id: connector, recipientOf: (to: string) => to.replaceAll(" ", "") },
  account: { providerAccount }
}
const sender = { connector, providerAccount }
const intentId = IntentId.make(`int_${"1".repeat(32)}`)
const to = "+1 555 000 1111"

/** Each derivation with the value that stores hold already: a change of one is a change of identity. */
const golden: Readonly<Record<keyof typeof derive, readonly [of: (hash: IdHash["Service"]) => string, value: string]>> =
  {
    eventIdOf: [
      (hash) => derive.eventIdOf(hash, owner, ["wamid.1", "message"]),
      "evt_651a48be4f03d75cb29cb924269c9e55"
    ],
    quarantineIdOf: [
      (hash) => derive.quarantineIdOf(hash, owner.channel, ["item", '{"a":1}']),
      "qua_98b6994c48525185144182feab1142c0"
    ],
    quarantineIdOfBody: [
      (hash) =>
        atOnce(derive.quarantineIdOfBody(hash, owner.channel, new TextEncoder().encode('{"text":"pronta — 😊'))),
      "qua_4f996f7b884ce3e19ebef523c15ee3bb"
    ],
    conversationIdOf: [
      (hash) => derive.conversationIdOf(hash, owner, "15550001111"),
      "cnv_bce3668ac453798470a691b04893c9c7"
    ],
    laneOfConversation: [
      (hash) => derive.laneOfConversation(hash, derive.conversationIdOf(hash, owner, "15550001111")),
      "cnv_5bc4f245a043c4332605c310ecf98a50"
    ],
    laneOfRecipient: [(hash) => derive.laneOfRecipient(hash, owner, to), "cnv_56030623aa609c50a3060f0328a2b982"],
    laneOfIntent: [(hash) => derive.laneOfIntent(hash, owner, intentId), "cnv_c313df9cdca2ff37b45245e80714fe3b"],
    recipientOf: [(hash) => derive.recipientOf(hash, owner, to), "959313367d8db00f4d10184ef4d2cd47"],
    intentIdOf: [(hash) => derive.intentIdOf(hash, owner, "crm", "order-1"), "int_1a481c23d46eae9801b3217275999413"],
    unconfiguredIntentIdOf: [
      (hash) => derive.unconfiguredIntentIdOf(hash, connector, "comporta:reply", "evt_1/k"),
      "int_0ebe082ba8039d28104dcd4d00ef4616"
    ],
    probeIntentIdOf: [(hash) => derive.probeIntentIdOf(hash, owner), "int_d0f582b5c8b2c317518b92c8ff05a3f6"],
    contentOf: [
      (hash) => derive.contentOf(hash, owner, { connector, account: "front", input: { b: 1, a: "x" } }),
      "0823fbf2f284f839150c5918d331c3f4"
    ],
    rejectedContentOf: [(hash) => derive.rejectedContentOf(hash, '{"a":1}'), "64415a926b47b99ea442098ed434b82b"],
    rejectionTokenOf: [(hash) => derive.rejectionTokenOf(hash, intentId), "63a64145c2734e72f444ddb1cd03cea3"],
    receiptMark: [(hash) => derive.receiptMark(hash, sender, "wamid.1"), "ca9467f7f159d34784b0533c034f4b50"],
    fingerprintHashOf: [
      (hash) => derive.fingerprintHashOf(hash, sender, ["15550001111", "text", undefined]),
      "7159ecd2eb93a4285b4af89d311ee164"
    ],
    callbackMacOf: [
      (hash) => derive.callbackMacOf(hash, "dep", sender, { intentId, attempt: 3 }),
      "05c00b921ca676808f27eaebc782f53a"
    ],
    accountHashOf: [(hash) => derive.accountHashOf(hash, owner), "f5054ea82b0189ce628ee7ba735ece7b"],
    credentialHashOf: [(hash) => derive.credentialHashOf(hash, ["s-1", "s-2"]), "046763a698bf5bca3d80fab73586f05e"],
    personHashOf: [
      (hash) => derive.personHashOf(hash, owner.channel, "15550001111"),
      "d520eb7c7fda855dfc334d21601d6c9c"
    ],
    secretNameOf: [(hash) => derive.secretNameOf(hash, "whatsapp/support"), "b54a1388a4636e90896f2592964e76ac"],
    secretVersionOf: [
      (hash) => derive.secretVersionOf(hash, "whatsapp/support", "s-1"),
      "b5bc837757ca8a5ee75ec479fdf696a1"
    ],
    unknownNameOf: [(hash) => derive.unknownNameOf(hash, "nobody"), "unknown_8493e341df6b023ad96e1de656fcbc88"]
  }

describe("G12 derivations of keyed hashes", () => {
  it.effect.each(Object.entries(golden))("%s equals the value that existing stores hold", ([, [of, value]]) =>
    Effect.map(IdHash, (hash) => assert.strictEqual(of(hash), value)).pipe(Effect.provide(idHash))
  )
})
