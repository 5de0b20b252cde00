/** The lab's data about the channel of this page. */
export interface Channel {
  readonly id: string
  readonly name: string
  readonly customer: string
  readonly channels: ReadonlyArray<{ readonly name: string; readonly port: number }>
}

export const unknown: Channel = { id: "whatsapp", name: "", customer: "15550001111", channels: [] }

export const channel = async (): Promise<Channel> => {
  try {
    const answer = await fetch("/lab/channel.json")
    return answer.ok ? await answer.json() : unknown
  } catch {
    return unknown
  }
}
