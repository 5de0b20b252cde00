import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Json, JsonObject } from "../../../src/domain/json.ts"
import { paths, refusals, sending, recipientNumber } from "./sending.ts"

const long = (length: number) => "a".repeat(length)
const link = "https://example.org/a"
const body = { text: "Which one?" }
const reply = (id: string, title: string) => ({ type: "reply", reply: { id, title } })
const buttons = (...list: ReadonlyArray<Json>) => ({ type: "button", body, action: { buttons: list } })
const row = (id: string, title = "a title", description = "a description") => ({ id, title, description })
const list = (...sections: ReadonlyArray<Json>) => ({ type: "list", body, action: { button: "Open", sections } })
const rows = (count: number) => Array.from({ length: count }, (_, index) => row(`row-${index}`))
const cta = (parameters: Json) => ({ type: "cta_url", body, action: { name: "cta_url", parameters } })
const flow = (parameters: object) => ({
  type: "flow",
  body,
  action: { name: "flow", parameters: { flow_message_version: "3", flow_cta: "Open", ...parameters } }
})
const template = (...components: ReadonlyArray<Json>) => ({ name: "greeting", language: { code: "pt_BR" }, components })
const inBody = (...parameters: ReadonlyArray<Json>) => template({ type: "body", parameters })
const button = (index: Json, sub_type = "quick_reply") => ({
  type: "button",
  sub_type,
  index,
  parameters: [{ type: "text", text: "a" }]
})
const contact = (more: object = {}) => ({ contacts: [{ name: { formatted_name: "Ada", first_name: "Ada" }, ...more }] })

type Row = readonly [capability: string, what: string, input: Json, wrong: ReadonlyArray<string>]

const taken: ReadonlyArray<Row> = [
  ["image", "an id with 1024 characters of caption", { id: "1", caption: long(1024) }, []],
  ["video", "an address", { link }, []],
  ["audio", "a voice message", { id: "1", voice: true }, []],
  ["document", "a name", { id: "1", filename: "a.pdf", caption: "a" }, []],
  ["sticker", "an answer to a message", { id: "1", context: { message_id: "wamid.1" } }, []],
  ["location", "numbers", { latitude: -90, longitude: 180, name: "a", address: "b" }, []],
  ["location", "digits", { latitude: "37.442161", longitude: "-122.1" }, []],
  ["contacts", "a name alone", contact(), []],
  ["reaction", "an emoji", { message_id: "wamid.1", emoji: "👍🏽" }, []],
  ["reaction", "its removal", { message_id: "wamid.1", emoji: "" }, []],
  ["interactive", "three buttons", buttons(reply(long(256), long(20)), reply("b", "B"), reply("c", "C")), []],
  [
    "interactive",
    "ten rows",
    list({ title: long(24), rows: rows(9) }, { rows: [row(long(200), long(24), long(72))] }),
    []
  ],
  ["interactive", "a body of a list of 4096", { ...list({ rows: rows(1) }), body: { text: long(4096) } }, []],
  ["interactive", "an address to open", cta({ display_text: long(20), url: link }), []],
  ["interactive", "a flow by name", flow({ flow_name: "a", mode: "draft" }), []],
  ["interactive", "a request for a place", { type: "location_request_message", body, action: { name: "any" } }, []],
  ["interactive", "a header of 60", { ...buttons(reply("a", "A")), header: { type: "text", text: long(60) } }, []],
  ["template", "no components", { name: "greeting", language: { code: "en", policy: "deterministic" } }, []],
  ["template", "numbered texts", inBody({ type: "text", text: long(1024) }, { type: "text", text: "b" }), []],
  ["template", "ten buttons", template(...Array.from({ length: 10 }, (_, index) => button(index))), []],
  ["template", "a button counted in digits", template(button("9", "CATALOG")), []]
]

const refused: ReadonlyArray<Row> = [
  ["image", "neither id nor address", { caption: "a" }, ["input.id"]],
  ["image", "both", { id: "1", link }, ["input.id"]],
  ["image", "an address that is none", { link: "ftp://example.org/a" }, ["input.link"]],
  ["image", "a caption of 1025", { id: "1", caption: long(1025) }, ["input.caption"]],
  ["video", "a caption of 1025", { id: "1", caption: long(1025) }, ["input.caption"]],
  ["audio", "a voice that is no boolean", { id: "1", voice: "yes" }, ["input.voice"]],
  ["document", "a caption of 1025", { id: "1", caption: long(1025) }, ["input.caption"]],
  ["document", "an empty name", { id: "1", filename: "" }, ["input.filename"]],
  ["sticker", "an answer to nothing", { id: "1", context: {} }, ["input.context.message_id"]],
  ["location", "no longitude", { latitude: 1 }, ["input.longitude"]],
  ["location", "a latitude off the globe", { latitude: 90.1, longitude: 1 }, ["input.latitude"]],
  ["location", "digits off the globe", { latitude: 1, longitude: "-180.5" }, ["input.longitude"]],
  ["location", "words", { latitude: "north", longitude: 1 }, ["input.latitude"]],
  ["contacts", "an empty list", { contacts: [] }, ["input.contacts"]],
  [
    "contacts",
    "no whole name",
    { contacts: [{ name: { first_name: "A" } }] },
    ["input.contacts.0.name.formatted_name"]
  ],
  [
    "contacts",
    "no other part of the name",
    { contacts: [{ name: { formatted_name: "Ada" } }] },
    ["input.contacts.0.name.first_name"]
  ],
  ["contacts", "a phone that is none", contact({ phones: [{ phone: 1 }] }), ["input.contacts.0.phones.0.phone"]],
  ["reaction", "no emoji, not even an empty one", { message_id: "wamid.1" }, ["input.emoji"]],
  ["interactive", "no button", buttons(), ["input.action.buttons"]],
  [
    "interactive",
    "four buttons",
    buttons(...["A", "B", "C", "D"].map((title) => reply(title, title))),
    ["input.action.buttons"]
  ],
  ["interactive", "an id of 257", buttons(reply(long(257), "A")), ["input.action.buttons.0.reply.id"]],
  ["interactive", "a title of 21", buttons(reply("a", long(21))), ["input.action.buttons.0.reply.title"]],
  ["interactive", "a title twice", buttons(reply("a", "A"), reply("b", "A")), ["input.action.buttons.1.reply"]],
  ["interactive", "no body", { type: "button", action: { buttons: [reply("a", "A")] } }, ["input.body"]],
  ["interactive", "a body of 1025", { ...buttons(reply("a", "A")), body: { text: long(1025) } }, ["input.body.text"]],
  ["interactive", "a footer of 61", { ...buttons(reply("a", "A")), footer: { text: long(61) } }, ["input.footer.text"]],
  [
    "interactive",
    "a header of 61",
    { ...buttons(reply("a", "A")), header: { type: "text", text: long(61) } },
    ["input.header.text"]
  ],
  [
    "interactive",
    "a header without its picture",
    { ...buttons(reply("a", "A")), header: { type: "image", image: {} } },
    ["input.header.image.id"]
  ],
  ["interactive", "eleven rows", list({ rows: rows(6) }, { rows: rows(5) }), ["input.action.sections"]],
  [
    "interactive",
    "eleven sections",
    list(...Array.from({ length: 11 }, (_, index) => ({ rows: [row(`${index}`)] }))),
    ["input.action.sections", "input.action.sections"]
  ],
  ["interactive", "a section without rows", list({ rows: [] }), ["input.action.sections.0.rows"]],
  ["interactive", "a section title of 25", list({ title: long(25), rows: rows(1) }), ["input.action.sections.0.title"]],
  ["interactive", "a row id of 201", list({ rows: [row(long(201))] }), ["input.action.sections.0.rows.0.id"]],
  ["interactive", "a row title of 25", list({ rows: [row("a", long(25))] }), ["input.action.sections.0.rows.0.title"]],
  [
    "interactive",
    "a description of 73",
    list({ rows: [row("a", "a", long(73))] }),
    ["input.action.sections.0.rows.0.description"]
  ],
  [
    "interactive",
    "a list body of 4097",
    { ...list({ rows: rows(1) }), body: { text: long(4097) } },
    ["input.body.text"]
  ],
  [
    "interactive",
    "a list button of 21",
    { type: "list", body, action: { button: long(21), sections: [{ rows: rows(1) }] } },
    ["input.action.button"]
  ],
  [
    "interactive",
    "a list under a picture",
    { ...list({ rows: rows(1) }), header: { type: "image", image: { id: "1" } } },
    ["input.header.type"]
  ],
  [
    "interactive",
    "a display text of 21",
    cta({ display_text: long(21), url: link }),
    ["input.action.parameters.display_text"]
  ],
  ["interactive", "an address that is none", cta({ display_text: "a", url: "a" }), ["input.action.parameters.url"]],
  ["interactive", "a flow without id and name", flow({}), ["input.action.parameters.flow_id"]],
  ["interactive", "no type", { body, action: {} }, ["input.type"]],
  ["template", "no language", { name: "a" }, ["input.language"]],
  ["template", "a text of 1025", inBody({ type: "text", text: long(1025) }), ["input.components.0.parameters.0.text"]],
  [
    "template",
    "names for some",
    inBody({ type: "text", parameter_name: "a", text: "a" }, { type: "text", text: "b" }),
    ["input.components.0.parameters.1.parameter_name"]
  ],
  [
    "template",
    "a name twice",
    inBody(...["a", "b"].map((text) => ({ type: "text", parameter_name: "a", text }))),
    ["input.components.0.parameters.1.parameter_name"]
  ],
  [
    "template",
    "a currency of no country",
    inBody({ type: "currency", currency: { fallback_value: "1", code: "real", amount_1000: 1 } }),
    ["input.components.0.parameters.0.currency.code"]
  ],
  ["template", "an eleventh button", template(button(10)), ["input.components.0.index"]],
  ["template", "a button twice", template(button(1), button("1")), ["input.components.1.type"]],
  [
    "template",
    "two bodies",
    template(...["a", "b"].flatMap((text) => inBody({ type: "text", text }).components)),
    ["input.components.1.type"]
  ],
  ["message", "a type with a capability of its own", { type: "text", text: { body: "a" } }, ["input.type"]],
  ["message", "no type", { poll: {} }, ["input.type"]],
  ["message", "a recipient in its place", { type: "poll", poll: {}, to: "+15550102030" }, ["input.to"]],
  ["message", "a member of another call", { type: "poll", status: "read" }, ["input.status"]],
  [
    "text",
    "callback data of the caller's",
    { body: "a", biz_opaque_callback_data: "x" },
    ["input.biz_opaque_callback_data"]
  ],
  ["contacts", "another recipient", { ...contact(), to: "+15550102031" }, ["input.to"]],
  ["pin", "no message", { type: "pin" }, ["input.message_id"]],
  ["marketing_message", "no language", { name: "a" }, ["input.language"]]
]

/** Unknown types, keys and values of an enumeration: the provider's to judge. */
const passedOn: ReadonlyArray<readonly [capability: string, what: string, input: JsonObject]> = [
  ["text", "a key that is not documented", { body: "a", previewUrl: true }],
  ["image", "a key of another type", { id: "1", filename: "a", more: { deep: [1, { a: null }] } }],
  ["sticker", "a caption", { id: "1", caption: "a" }],
  ["contacts", "a key deep inside", contact({ fax: "1", phones: [{ phone: "1", carrier: "a" }] })],
  ["interactive", "a type that is not documented", { type: "hologram", projector: [1] }],
  ["interactive", "a button of another type", buttons(reply("a", "A"), { type: "cta", cta: { url: link } })],
  [
    "interactive",
    "more buttons of other types than answers",
    buttons(...Array.from({ length: 10 }, () => ({ type: "cta", cta: {} })))
  ],
  [
    "interactive",
    "a header that is not documented",
    { ...list({ rows: rows(1) }), header: { type: "lottie", lottie: {} } }
  ],
  [
    "interactive",
    "a request for contact details",
    { type: "request_contact_info", body, action: { name: "request_contact_info" } }
  ],
  ["interactive", "no action", { type: "request_contact_info", body }],
  [
    "interactive",
    "a preview of a payment link",
    cta({ display_text: "Pay", url: link, payment_link_preview: { a: 1 } })
  ],
  ["interactive", "a flow by id and name", flow({ flow_id: "1", flow_name: "a", mode: "published" })],
  ["interactive", "a flow of another version", flow({ flow_id: "1", flow_message_version: "7" })],
  ["interactive", "a row with a picture", list({ rows: [{ ...row("a"), image: { id: "1" } }] })],
  ["template", "a policy that is not documented", { name: "a", language: { code: "en", policy: "x" } }],
  ["template", "a component that is not documented", template({ type: "foot", parameters: [] })],
  ["template", "a parameter that is not documented", inBody({ type: "smell", smell: "rose" })],
  [
    "template",
    "a header of a product",
    template({ type: "header", parameters: [{ type: "product", product: { product_retailer_id: "1" } }] })
  ],
  [
    "template",
    "a carousel",
    template({
      type: "carousel",
      cards: [
        { card_index: 0, components: [] },
        { card_index: 1, components: [] }
      ]
    })
  ],
  [
    "template",
    "an offer",
    template({
      type: "limited_time_offer",
      parameters: [{ type: "limited_time_offer", limited_time_offer: { expiration_time_ms: 1 } }]
    })
  ],
  [
    "template",
    "the state of an order",
    template({ type: "order_status", parameters: [{ type: "order_status", order_status: { reference_id: "1" } }] })
  ],
  [
    "template",
    "the target of a tap",
    template({
      type: "tap_target_configuration",
      parameters: [{ type: "tap_target_configuration", tap_target_configuration: [{ url: link, title: "a" }] }]
    })
  ],
  [
    "template",
    "a button without an index",
    template({ type: "button", sub_type: "voice_call" }, { type: "button", sub_type: "url" })
  ],
  ["pin", "an operation that is not documented", { type: "repin", message_id: "wamid.1", expiration_days: "7" }]
]

describe("WhatsApp input limits", () => {
  it.effect.each(taken)("the capability %s accepts %s", ([capability, , input]) =>
    Effect.map(paths(capability, input), (found) => assert.deepStrictEqual(found, []))
  )

  it.effect.each(refused)(
    "the capability %s rejects %s before the claim, with its path",
    ([capability, , input, wrong]) =>
      Effect.map(paths(capability, input), (found) => assert.deepStrictEqual(found.toSorted(), wrong))
  )

  it.effect.each(passedOn)("the capability %s passes %s on unchanged", ([capability, , input]) =>
    Effect.map(sending(capability, input, recipientNumber), ({ body: sent }) =>
      assert.deepStrictEqual(sent[capability], capability === "contacts" ? input["contacts"] : input)
    )
  )

  it.effect("a limit counts characters as the provider does, not UTF-16 code units", () =>
    Effect.gen(function* () {
      const fits: ReadonlyArray<Row> = [
        ["interactive", "a title with an emoji of two units", buttons(reply("a", `${long(19)}👍`)), []],
        ["interactive", "a title with a skin tone", buttons(reply("a", "Confirmar pedido 👍🏽")), []],
        ["interactive", "a row", list({ rows: [row("a", "👍".repeat(24), "👍".repeat(72))] }), []],
        ["interactive", "a footer", { ...buttons(reply("a", "A")), footer: { text: "👍".repeat(60) } }, []],
        ["interactive", "a text to tap", cta({ display_text: "👍".repeat(20), url: link }), []],
        ["image", "a caption", { id: "1", caption: "👍".repeat(1024) }, []],
        ["text", "a body", { body: "👍".repeat(4096) }, []],
        ["template", "a parameter", inBody({ type: "text", text: "👍".repeat(1024) }), []],
        ["interactive", "one too many", buttons(reply("a", "👍".repeat(21))), ["input.action.buttons.0.reply.title"]],
        ["text", "one too many", { body: "👍".repeat(4097) }, ["input.body"]]
      ]
      for (const [capability, what, input, wrong] of fits) {
        assert.deepStrictEqual(yield* paths(capability, input), wrong, what)
      }
    })
  )

  it.effect("an input error never shows the value", () =>
    Effect.gen(function* () {
      const all = yield* refusals("interactive", {
        ...buttons(reply("a", "a canary that is far too long")),
        a: "canary"
      })
      assert.notInclude(JSON.stringify(all), "canary")
      assert.include(all.find(({ path }) => path.endsWith("title"))?.message, "20")
    })
  )

  it.effect("an invalid input is rejected with all of its errors at once", () =>
    Effect.gen(function* () {
      const input = { ...buttons(reply("", long(21)), reply("b", "")), footer: { text: "" } }
      assert.deepStrictEqual((yield* paths("interactive", input, "nobody")).toSorted(), [
        "input.action.buttons.0.reply.id",
        "input.action.buttons.0.reply.title",
        "input.action.buttons.1.reply.title",
        "input.footer.text",
        "to"
      ])
    })
  )
})
