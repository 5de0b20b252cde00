import * as Schema from "effect/Schema"
import { openBy, OpenObject, OpenWord, textOfAtMost } from "../input-schema.ts"

/** Address from which the provider fetches an attachment. */
const Address = Schema.String.check(
  Schema.isPattern(/^https?:\/\/[^\s]{1,2000}$/, { expected: "an http or https address" })
)

/** Address of a medium, or the id of one that the provider stores (META 6). */
const MediumPayload = Schema.Struct({
  url: Schema.optionalKey(Address),
  attachment_id: Schema.optionalKey(Schema.NonEmptyString)
}).check(
  Schema.makeFilter(({ url, attachment_id: id }) =>
    url === undefined && id === undefined ? { path: ["url"], issue: "expected url or attachment_id" } : undefined
  )
)

const medium = <const Type extends string>(type: Type) =>
  Schema.Struct({ type: Schema.Literal(type), payload: MediumPayload })

/** A row of cards. The provider judges the content of a card. */
const Generic = Schema.Struct({
  template_type: Schema.Literal("generic"),
  elements: Schema.Array(OpenObject).check(Schema.isMinLength(1))
})

/** A text with one to three buttons (META 5.3). */
const ButtonTemplate = Schema.Struct({
  template_type: Schema.Literal("button"),
  text: textOfAtMost(640),
  buttons: Schema.Array(OpenObject).check(Schema.isMinLength(1), Schema.isMaxLength(3))
})

const Template = Schema.Struct({
  type: Schema.Literal("template"),
  payload: openBy({ template_type: OpenWord }, [Generic, ButtonTemplate])
})

const media = [medium("image"), medium("audio"), medium("video"), medium("file")]

/** Types of attachments that are a medium. */
export const mediumTypes: ReadonlySet<string> = new Set(media.map(({ fields }) => fields.type.literal))

/** The provider's `attachment`: a medium, a template, or another type of the provider. */
export const Attachment = openBy({ type: OpenWord }, [...media, Template])

/** The provider's `attachment` with a template only. */
export const TemplateAttachment = Template
