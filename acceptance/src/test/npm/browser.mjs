// A browser, as far as pages of sign-ins need one: cookies, redirects within the page's own server, and forms.
export class Browser {
  #cookies = new Map()

  async #send (url, options = {}) {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(url, { ...options, redirect: 'manual', headers: { cookie, ...options.headers } })
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)
      if (value === '') this.#cookies.delete(name)
      else this.#cookies.set(name, value)
    }
    const to = answer.headers.get('location')
    if (to === null) return { url, status: answer.status, text: await answer.text() }
    const next = new URL(to, url)
    return next.origin === new URL(url).origin ? this.#send(next.href) : { url: next.href, status: answer.status, text: '' }
  }

  open (url) {
    return this.#send(url)
  }

  /** The page's form with its hidden fields and these; `which` chooses among several by a word in its tag or fields. */
  submit (page, fields, which = '') {
    const form = [...page.text.matchAll(/<form[^>]*>.*?<\/form>/gs)].map(found => found[0]).find(text => text.includes(which))
    const text = value => value.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
    const attribute = (tag, name) => text(new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? '')
    const body = new URLSearchParams()
    for (const [tag] of form.matchAll(/<input[^>]*type="hidden"[^>]*>/g)) body.set(attribute(tag, 'name'), attribute(tag, 'value'))
    for (const [name, value] of Object.entries(fields)) body.set(name, value)
    return this.#send(new URL(attribute(/<form[^>]*>/.exec(form)[0], 'action'), page.url).href, { method: 'POST', body })
  }
}
