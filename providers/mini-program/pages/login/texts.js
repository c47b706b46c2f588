// Every sentence of the page, in Chinese and English, and the choice between them. Owns no state.
// Each state has a title (what happened) and a hint (what to do next).

const zh = {
  tag: "zh-CN",
  bar: "扫码登录",
  loading: { title: "正在读取登录请求", hint: "请稍候，马上就好。" },
  ready: { title: "确认登录这个网站？", hint: "请核对下面的信息。不是您本人发起的，请拒绝。" },
  working: { title: "正在处理", hint: "请稍候，不要关闭页面。" },
  confirmed: { title: "已确认", hint: "请回到电脑上的网站，它会自动完成登录。" },
  digits: { title: "请在网页上输入这六位数字", hint: "在您自己打开的登录页面里输入，登录就完成了。" },
  declined: { title: "已拒绝", hint: "没有人登录。您可以关闭这个页面。" },
  wrong: { title: "数字不对", hint: "选的数字与网页上的不同，没有人登录。请在网站上换一个新码，再扫一次。" },
  disowned: { title: "已撤销这次登录", hint: "它已经失效。如果您认识该网站，请告知它。以后不是您本人发起的登录，请点“拒绝”。" },
  ended: { title: "登录请求已结束", hint: "请看网站：如果还没有登录，请在网站上刷新二维码后重新扫描。" },
  conflict: { title: "有两个人扫了这个码", hint: "为安全起见，没有人登录。请在网站上刷新二维码，只由您自己扫描。" },
  unknown: { title: "无法识别这个二维码", hint: "请在网站上打开登录页，用微信扫描新的二维码。" },
  offline: { title: "网络连接失败", hint: "请检查手机网络，然后点“重试”。" },
  busy: { title: "暂时无法处理", hint: "请稍等片刻，然后点“重试”。" },
  blocked: { title: "微信未允许这次登录", hint: "请换一种方式登录网站，或在微信中查看账号状态。" },
  failed: { title: "这个页面没有设置好", hint: "请换一种方式登录，并把这个问题告诉网站。" },
  busyFor: (seconds) => `请等待 ${seconds} 秒，然后点“重试”。`,
  fromPicture: "您打开的是图片里的二维码，它可能是别人转发的。只有您自己正在登录时才可以确认。",
  labels: { region: "地区", browser: "浏览器", age: "发起时间", nickname: "昵称（选填）", picture: "头像（选填）" },
  nicknameHint: "网站会看到",
  pictureHint: "选择头像",
  pictureLost: "头像没有发送成功，登录不受影响。下次登录可以再试。",
  unknownValue: "未知",
  choose: "网页上显示的是哪个数字？",
  unchosen: "请先选择网页上显示的数字，再确认。",
  secret: "不要把数字告诉任何人，客服也不行。只能填在您自己打开的登录页面里。",
  notMe: "不是我本人操作，撤销这次登录",
  unsaid: "撤销没有成功发送，请检查网络后再试一次。",
  confirm: "确认登录",
  decline: "拒绝",
  retry: "重试",
  age: (seconds) => (seconds < 60 ? `扫码前 ${seconds} 秒` : `扫码前 ${Math.floor(seconds / 60)} 分钟`),
};

const en = {
  tag: "en",
  bar: "Log in",
  loading: { title: "Reading the request", hint: "One moment, please." },
  ready: { title: "Log in to this website?", hint: "Check the details below. If you did not ask for this, decline." },
  working: { title: "Working on it", hint: "One moment; please keep this page open." },
  confirmed: { title: "Confirmed", hint: "Go back to the website; it finishes by itself." },
  digits: { title: "Type these six digits on the website", hint: "On the login page that you opened yourself; that completes the login." },
  declined: { title: "Declined", hint: "Nobody was logged in. You can close this page." },
  wrong: {
    title: "That was not the number",
    hint: "The website's page shows another one, so nobody was logged in. Take a new code there and scan it.",
  },
  disowned: {
    title: "This login was taken back",
    hint: "It is good for nothing any more. If you know the website, tell it, too. Decline logins that you did not begin.",
  },
  ended: {
    title: "This request has ended",
    hint: "Look at the website: if you are not logged in there, refresh the code and scan again.",
  },
  conflict: {
    title: "Two people scanned this code",
    hint: "To be safe, nobody was logged in. Refresh the code on the website and scan it yourself only.",
  },
  unknown: {
    title: "This code is not known",
    hint: "Open the website's login page and scan the code that it shows now.",
  },
  offline: { title: "No connection", hint: "Check the phone's network, then tap Try again." },
  busy: { title: "Not possible right now", hint: "Wait a moment, then tap Try again." },
  blocked: {
    title: "WeChat did not allow this login",
    hint: "Log in to the website another way, or check your account in WeChat.",
  },
  failed: { title: "This page is not set up properly", hint: "Log in another way, and tell the website about it." },
  busyFor: (seconds) => `Wait ${seconds} s, then tap Try again.`,
  fromPicture:
    "This code came from a picture, perhaps one that somebody sent you. Confirm only if you are logging in yourself, right now.",
  labels: { region: "Region", browser: "Browser", age: "Began", nickname: "Nickname (optional)", picture: "Picture (optional)" },
  nicknameHint: "The website sees it",
  pictureHint: "Choose one",
  pictureLost: "The picture did not arrive; the login did. You can try again at the next login.",
  unknownValue: "unknown",
  choose: "Which number does the website show?",
  unchosen: "Choose the number that the website's page shows, then confirm.",
  secret: "Tell these digits to nobody, not even to support. They belong on the login page that you opened yourself.",
  notMe: "It was not me: take this login back",
  unsaid: "Taking it back did not arrive. Check the phone's network and try again.",
  confirm: "Log in",
  decline: "Decline",
  retry: "Try again",
  age: (seconds) => (seconds < 60 ? `${seconds} s before your scan` : `${Math.floor(seconds / 60)} min before your scan`),
};

/** WeChat says zh_CN, zh_TW, en, …; whoever reads no Chinese gets English. */
function textsFor(language) {
  return /^zh/i.test(language || "zh") ? zh : en;
}

/** What the person must heed before anything else. */
function warningOf({ state, unsaid, unchosen, fromPicture }, texts) {
  if (unsaid) return texts.unsaid;
  if (state === "digits") return texts.secret;
  if (state !== "ready") return "";
  return unchosen ? texts.unchosen : fromPicture ? texts.fromPicture : "";
}

/** The view of flow.js as the strings that index.wxml shows. */
function words(view, texts) {
  const { title, hint } = texts[view.state];
  const asked = view.requester;
  const known = (value) => value || texts.unknownValue;
  const age = asked && Number.isFinite(asked.age) ? texts.age(Math.max(0, Math.round(asked.age))) : texts.unknownValue;
  return {
    title,
    hint: view.state === "busy" && view.wait > 0 ? texts.busyFor(view.wait) : hint,
    warning: warningOf(view, texts),
    digits: view.state === "digits" ? [view.digits.slice(0, 3), view.digits.slice(3)] : [],
    note: view.pictureLost ? texts.pictureLost : "",
    rows: asked
      ? [
          { label: texts.labels.region, value: known(asked.region) },
          { label: texts.labels.browser, value: known(asked.browser) },
          { label: texts.labels.age, value: age },
        ]
      : [],
  };
}

module.exports = { zh, en, textsFor, words };
