// The two settings of this mini-program. Everything else (names, logos, rules) comes from the server.
module.exports = {
  // Your mini-program's AppID, as WeChat's console shows it: "wx" and 16 characters.
  appid: "",
  // Where Saoma answers, without a slash at the end: "https://login.example.com".
  server: "",
};
