// Binds flow.js to WeChat: hands it `wx`, draws what it says, passes taps on. Decides nothing itself.
const config = require("../../config.js");
const { createFlow } = require("./flow.js");
const { textsFor, words } = require("./texts.js");

Page({
  data: {
    state: "loading", site: null, logo: "", title: "", hint: "", warning: "", note: "", rows: [], canRetry: false, picture: "", texts: {},
    numbers: [], chosen: "", digits: [], canDisown: false,
  },

  onLoad(query) {
    const texts = textsFor(wx.getAppBaseInfo().language);
    wx.setNavigationBarTitle({ title: texts.bar });
    const { confirm, decline, retry, notMe, choose, labels, nicknameHint, pictureHint } = texts;
    const { nickname, picture } = labels;
    this.setData({ texts: { confirm, decline, retry, notMe, choose, nickname, nicknameHint, picture, pictureHint } });
    this.flow = createFlow({ wx, config, language: texts.tag, show: (view) => this.draw(view, texts) });
    // The options of this entry, not of the first launch: a mini-program in the background is entered again.
    this.flow.open(query, wx.getEnterOptionsSync().scene, wx.getAccountInfoSync().miniProgram.appId);
  },

  onUnload() {
    this.flow.close();
  },

  draw(view, texts) {
    const { state, site, canRetry, numbers, chosen, canDisown } = view;
    this.setData({ state, site, logo: site ? site.logo : "", canRetry, numbers, chosen, canDisown, ...words(view, texts) });
  },

  // The name is read when the form is sent: WeChat checks it on blur and may empty the field.
  onConfirm(event) {
    this.flow.confirm(event.detail.value.nickname, this.data.picture);
  },
  // A temporary file of this mini-program; nothing of it leaves the phone before the person confirms.
  onPicture(event) {
    this.setData({ picture: event.detail.avatarUrl || "" });
  },
  onChoose(event) {
    this.flow.choose(event.currentTarget.dataset.number);
  },
  onDisown() {
    this.flow.disown();
  },
  onDecline() {
    this.flow.decline();
  },
  onAgain() {
    this.flow.again();
  },
  onLogoError() {
    this.setData({ logo: "" });
  },
});
