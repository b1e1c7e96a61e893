// The code that oidc-provider's own pages give to a client. Arguments: authorization URL, account.
import { Browser } from './browser.mjs'

const [url, account] = process.argv.slice(2)
const browser = new Browser()
let page = await browser.open(url)
page = await browser.submit(page, { prompt: 'login', login: account, password: 'any' })
if (page.text.includes('<form')) page = await browser.submit(page, { prompt: 'consent' })
console.log(new URL(page.url).searchParams.get('code'))
