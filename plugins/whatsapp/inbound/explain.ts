import type { Explain } from "../../../src/connector/inbound.ts"
import { explanationOf } from "../../../src/domain/explanation.ts"
import { listOf, objectOf, textOf } from "../../meta/read-json.ts"

/** Returns the first error of a status (META 2.4), and the recipient of the message. */
export const explain: Explain = ({ content }) => {
  const status = objectOf(content)
  const error = objectOf(listOf(status?.["errors"])?.[0])
  const said = explanationOf({
    message: textOf(error?.["message"]) ?? textOf(error?.["title"]),
    details: textOf(objectOf(error?.["error_data"])?.["details"])
  })
  if (said === undefined) return undefined
  const ids = [status?.["recipient_id"], status?.["recipient_user_id"]].map(textOf)
  return { said, about: ids.filter((id) => id !== undefined) }
}
