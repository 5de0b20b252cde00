import { type Capability, idempotent, unprotected, verified } from "../../src/connector/capability.ts"
import { audio } from "./outbound/audio.ts"
import { contacts } from "./outbound/contacts.ts"
import { document } from "./outbound/document.ts"
import { image } from "./outbound/image.ts"
import { interactive } from "./outbound/interactive.ts"
import { location } from "./outbound/location.ts"
import { marketingMessage } from "./outbound/marketing-message.ts"
import { mediaDelete } from "./outbound/media-delete.ts"
import { otherMessage } from "./outbound/other-message.ts"
import { pin } from "./outbound/pin.ts"
import { markRead, typingIndicator } from "./outbound/mark-read.ts"
import { reaction } from "./outbound/reaction.ts"
import { sticker } from "./outbound/sticker.ts"
import { template } from "./outbound/template.ts"
import { text } from "./outbound/text.ts"
import { video } from "./outbound/video.ts"
import type { Account, Settings } from "./settings.ts"

/** The provider's statuses return our callback data (META 4.2). */
const byStatus = { proof: "status-echo" } as const

/** Types of messages with a capability each, named as the type. */
const messages: ReadonlyArray<Capability<Settings, Account>> = [
  verified({ ...text, ...byStatus }),
  verified({ ...template, ...byStatus }),
  verified({ ...image, ...byStatus }),
  verified({ ...video, ...byStatus }),
  verified({ ...audio, ...byStatus }),
  verified({ ...document, ...byStatus }),
  verified({ ...sticker, ...byStatus }),
  verified({ ...location, ...byStatus }),
  verified({ ...contacts, ...byStatus }),
  verified({ ...interactive, ...byStatus }),
  // No retry of a doubt: a late one would undo what came after it (G21). Its only status is `sent`.
  verified({ ...reaction, ...byStatus }),
  // As a reaction: a late retry would undo an unpin (G21).
  verified({ ...pin, ...byStatus })
]

/** What protects each capability, and what proves it. The connector's page says the same. */
export const capabilities: ReadonlyArray<Capability<Settings, Account>> = [
  ...messages,
  verified({ ...marketingMessage, ...byStatus }),
  // Every message has statuses, whatever its type.
  verified({ ...otherMessage(messages.map(({ id }) => id)), ...byStatus }),
  idempotent({ ...markRead, retryUnknown: 2 }),
  // What it shows ends by itself, so that a repetition shows it anew (G21).
  unprotected(typingIndicator),
  // A late retry would take the medium from a message that was sent after it (G21); that it is gone proves nothing (G20).
  unprotected(mediaDelete)
]
