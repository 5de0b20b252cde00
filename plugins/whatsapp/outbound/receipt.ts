import type { Receipt } from "../../../src/domain/intent.ts"
import type { Json } from "../../../src/domain/json.ts"
import { listOf, objectOf, textOf } from "../../meta/read-json.ts"

/** Returns the message id that answered a send (META 3.2). */
export const messageIdOf = (body: Json): Receipt | undefined => {
  const messageId = textOf(objectOf(listOf(objectOf(body)?.["messages"])?.[0])?.["id"])
  return messageId === undefined ? undefined : { messageId }
}
