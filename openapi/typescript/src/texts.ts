// All words of the component, in its two languages; the type makes sure that both have the same.
// What happened, and what to do next. Names of ways and hints come from Saoma.

/** A language the component speaks. */
export type Locale = "zh-CN" | "en";

interface Words {
  title: string;
  text: string;
}

const en = {
  ways: "Ways to log in",
  qr: "Code to scan with your phone",
  qrWeChat: "Code to scan with WeChat",
  valid: "Valid for",
  soon: "30 seconds left before this code expires.",
  number: "Your number",
  numberText: "Your phone asks for this number.",
  chooseText: "On your phone, choose this number.",
  samePhone: "This page can't open WeChat for you here. Scan the code from another screen, or save the picture and open it from the album in WeChat's scanner.",
  inWeChat: "Press and hold the code, then choose to recognise it.",
  open: "Open {app}",
  another: "Scan from another screen instead",
  refresh: "Get a new code",
  instead: "Start over with a new code",
  retry: "Try again",
  retryIn: "Try again in {seconds} s",
  go: "Continue with {way}",
  offline: "The connection is gone. We keep trying; your code stays as it is.",
  problemCode: "Code for support",
  answer: { title: "Scanned. Now answer on your phone", text: "Check that your phone names this site, then send or choose these two digits, as it asks." } satisfies Words,
  choose: { title: "Scanned. Now choose the number", text: "Check that your phone names this site, choose the number shown here, then confirm." } satisfies Words,
  digits: {
    label: "Digits on your phone",
    send: "Continue",
    sending: "Checking…",
    six: "Please type all six digits.",
    wrong: "These aren't the digits on your phone. Tries left: {left}.",
    unsent: "That didn't arrive. Please try again.",
  },
  states: {
    loading: { title: "Getting your code…", text: "It takes a moment." },
    code: { title: "Scan with {app}", text: "Open {app} on your phone and scan this code." },
    open: { title: "Confirm in {app}", text: "Open {app} on this phone and confirm there, then come back to this page." },
    go: { title: "Log in with {way}", text: "You go there to confirm, and come back here by yourself." },
    scanned: { title: "Scanned. Now confirm on your phone", text: "Check that your phone names this site, then confirm." },
    digits: { title: "Confirmed. Now type the digits", text: "Your phone shows six digits. They belong on this page only." },
    confirmed: { title: "You're in", text: "Taking you there…" },
    here: { title: "You're in", text: "You are logged in on this page." },
    elsewhere: { title: "You're in", text: "Go on in the window that was opened for logging in." },
    expired: { title: "This code has expired", text: "Codes live for a short time, so nobody can use an old one." },
    declined: { title: "You declined on your phone", text: "Nobody was logged in. If that was a slip, take a new code." },
    conflict: { title: "Two people scanned this code", text: "To be safe, neither was logged in. Take a new code and keep it to yourself." },
  } satisfies Record<string, Words>,
  reasons: {
    wrong_number: { title: "That wasn't the number shown here", text: "One wrong number ends the attempt, so that nobody can guess. Take a new code to try again." },
    wrong_digits: { title: "Those weren't the digits on your phone", text: "Three wrong tries end the attempt, and nobody was logged in. Take a new code to try again." },
    disowned: { title: "Taken back on the phone", text: "The phone said that this wasn't its owner, so nobody is logged in. If it was you, take a new code." },
  } as Record<string, Words>,
  app: "your phone",
  kinds: {
    wechat_mini_program: "WeChat Mini Program",
    wechat_service_account: "WeChat Official Account",
    wechat_open_platform: "WeChat",
  } as Record<string, string>,
  problems: {
    network: { title: "We can't reach the login service", text: "Check your connection and try again." },
    picture: { title: "The code's picture didn't arrive", text: "Try again; if it keeps happening, check your connection." },
    vendor_unavailable: { title: "WeChat isn't answering right now", text: "It is usually back within a minute. Please try again." },
    vendor_timeout: { title: "WeChat took too long to answer", text: "Nothing is wrong on your side. Please try again." },
    vendor_quota: { title: "Too many logins at once", text: "WeChat limits how many codes may be shown. Please wait a little and try again." },
    vendor_misconfigured: { title: "This way is out of order", text: "The site's WeChat settings need a repair. Please choose another way or come back later." },
    rate_limited: { title: "That was a lot of codes", text: "Take a breath; you can ask for a new one in a moment." },
    origin_not_allowed: { title: "This address may not log people in", text: "The site's owner has to register it at Saoma first." },
    provider_not_offered: { title: "This way isn't offered here", text: "Please reload the page to see the ways that are." },
    unknown_client: { title: "Saoma doesn't know this site", text: "The site's owner has to register it first." },
    unknown_provider: { title: "This way no longer exists", text: "Please reload the page to see the ways that do." },
    user_disabled: { title: "This account is switched off", text: "Nobody was logged in. Whoever runs this site can switch it on again." },
    user_refused: { title: "WeChat refused this account", text: "Nobody was logged in. Please try with another account." },
    no_ways: { title: "No way to log in is set up yet", text: "The site's owner has to allow at least one." },
    no_redirect: { title: "This site doesn't say where to go on", text: "You confirmed, but the site's owner has to register an address first." },
    stale_return: { title: "This login is over or isn't yours", text: "It was begun in another tab, or it was used already. Please begin again." },
    access_denied: { title: "You declined", text: "Nobody was logged in. You can begin again whenever you like." },
    invalid_field: { title: "The login isn't set up correctly", text: "The page sent something that Saoma doesn't take; its console says what." },
    misconfigured: { title: "The login isn't set up correctly", text: "The site's owner has to complete the attributes of saoma-login." },
    failed: { title: "The login could not be finished", text: "Nobody was logged in. Please take a new code." },
    unknown: { title: "Something unexpected happened", text: "Nobody was logged in. Please try again." },
  } as Record<string, Words>,
};

/** The words of one language. */
export type Texts = typeof en;
/** What the component shows, besides problems. */
export type Shown = keyof Texts["states"];

const zh: Texts = {
  ways: "登录方式",
  qr: "请用手机扫描的登录码",
  qrWeChat: "请用微信扫描的登录码",
  valid: "有效时间",
  soon: "登录码还有 30 秒过期。",
  number: "你的数字",
  numberText: "手机上会问到这个数字。",
  chooseText: "在手机上选择这个数字。",
  samePhone: "这里无法直接打开微信。请在另一块屏幕上打开本页再扫，或保存图片后在微信“扫一扫”里从相册选取。",
  inWeChat: "长按登录码，然后选择识别。",
  open: "打开{app}",
  another: "改为在另一块屏幕上扫码",
  refresh: "换一个新码",
  instead: "不是你，或不小心关掉了？换一个新码",
  retry: "重试",
  retryIn: "{seconds} 秒后可重试",
  go: "用{way}登录",
  offline: "网络断开了。我们会一直重试，登录码不变。",
  problemCode: "问题代码",
  answer: { title: "已扫码，请在手机上答复", text: "核对手机上写的网站，然后按手机的提示发送或选择这两位数字。" },
  choose: { title: "已扫码，请选择数字", text: "核对手机上显示的网站，选择这里的数字，再点“确认登录”。" },
  digits: {
    label: "手机上的数字",
    send: "继续",
    sending: "正在核对…",
    six: "请输入全部六位数字。",
    wrong: "与手机上的数字不一致，还可以再试 {left} 次。",
    unsent: "没有发送成功，请再试一次。",
  },
  states: {
    loading: { title: "正在取码…", text: "马上就好。" },
    code: { title: "用{app}扫一扫", text: "在手机上打开{app}，扫描这个码。" },
    open: { title: "在{app}里确认", text: "在这部手机上打开{app}确认，然后回到这个页面。" },
    go: { title: "用{way}登录", text: "前往确认，然后会自动回到这里。" },
    scanned: { title: "已扫码，请在手机上确认", text: "核对手机上显示的网站，然后点“确认登录”。" },
    digits: { title: "已确认，请输入数字", text: "手机上显示了六位数字，只能填在这个页面里。" },
    confirmed: { title: "登录成功", text: "正在进入…" },
    here: { title: "登录成功", text: "你已在本页登录。" },
    elsewhere: { title: "登录成功", text: "请在为登录打开的窗口里继续。" },
    expired: { title: "登录码已过期", text: "登录码只在短时间内有效，旧码谁也用不了。" },
    declined: { title: "你在手机上拒绝了登录", text: "没有人登录。如果是误点，换一个新码即可。" },
    conflict: { title: "有两个人扫了这个码", text: "为了安全，谁都没有登录。请换一个新码，并且不要给别人扫。" },
  },
  reasons: {
    wrong_number: { title: "手机上给出的数字与这里的不同", text: "为了防止有人猜数字，错一次就会结束。请换一个新码再试。" },
    wrong_digits: { title: "与手机上的数字不一致", text: "错了三次，这次登录已结束，没有人登录。请换一个新码再试。" },
    disowned: { title: "已在手机上撤销", text: "手机上说这不是本人操作，因此没有人登录。如果是你自己，换一个新码即可。" },
  },
  app: "手机",
  kinds: { wechat_mini_program: "微信小程序", wechat_service_account: "微信公众号", wechat_open_platform: "微信" },
  problems: {
    network: { title: "连不上登录服务", text: "请检查网络后重试。" },
    picture: { title: "登录码图片没有加载出来", text: "请重试；如果一直这样，请检查网络。" },
    vendor_unavailable: { title: "微信暂时没有响应", text: "通常一分钟内恢复，请稍后重试。" },
    vendor_timeout: { title: "微信响应太慢", text: "不是你的问题，请重试。" },
    vendor_quota: { title: "登录的人太多了", text: "微信限制了取码次数，请稍等片刻再试。" },
    vendor_misconfigured: { title: "这种登录方式暂时不可用", text: "网站的微信设置需要修复，请换一种方式或稍后再来。" },
    rate_limited: { title: "取码太频繁了", text: "歇一口气，过一会儿就能再取。" },
    origin_not_allowed: { title: "这个网址还不能登录", text: "需要网站管理者先在 Saoma 登记这个网址。" },
    provider_not_offered: { title: "这里不提供这种登录方式", text: "请刷新页面，查看可用的方式。" },
    unknown_client: { title: "Saoma 不认识这个网站", text: "需要网站管理者先登记。" },
    unknown_provider: { title: "这种登录方式已不存在", text: "请刷新页面，查看可用的方式。" },
    user_disabled: { title: "这个账号已停用", text: "没有登录成功。请联系网站的管理员恢复。" },
    user_refused: { title: "微信拒绝了这个账号", text: "没有人登录，请换一个账号再试。" },
    no_ways: { title: "还没有可用的登录方式", text: "需要网站管理者至少开通一种。" },
    no_redirect: { title: "网站没有说明登录后去哪里", text: "你已确认，但网站管理者还需要登记一个地址。" },
    stale_return: { title: "这次登录已结束，或不是你的", text: "它是在另一个标签页里开始的，或者已经用过了。请重新开始。" },
    access_denied: { title: "你拒绝了登录", text: "没有人登录，随时可以重新开始。" },
    invalid_field: { title: "登录没有设置好", text: "页面发来的内容 Saoma 不接受，浏览器控制台里写明了原因。" },
    misconfigured: { title: "登录没有设置好", text: "需要网站管理者补全 saoma-login 的属性。" },
    failed: { title: "登录没有完成", text: "没有人登录，请换一个新码。" },
    unknown: { title: "出了点意外", text: "没有人登录，请重试。" },
  },
};

/** The words of a language. */
export const textsOf = (locale: Locale): Texts => (locale === "zh-CN" ? zh : en);

/** The first wish that names a language we speak; English when none does. */
export function chooseLocale(...wishes: (string | null | undefined)[]): Locale {
  for (const wish of wishes) {
    if (/^zh\b/i.test(wish ?? "")) return "zh-CN";
    if (/^en\b/i.test(wish ?? "")) return "en";
  }
  return "en";
}

/** Whether a kind is one of WeChat's. */
export const isWeChat = (kind: string): boolean => kind.startsWith("wechat_");

interface Named {
  kind: string;
  title: string;
}

/**
 * What a way is called: its title, unless that is written in Chinese for somebody who reads English; but two
 * ways of one list are never called the same for that.
 */
export function nameOf(way: Named, locale: Locale, list: readonly Named[] = [way]): string {
  const foreign = locale === "en" && /\p{Script=Han}/u.test(way.title);
  const alone = list.filter((other) => other.kind === way.kind).length <= 1;
  return (foreign && alone && en.kinds[way.kind]) || way.title;
}

/** Puts values in for `{names}`. */
export function fill(text: string, values: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
