//! What the doctor says of our own side, in both languages. What is the vendor's, its plugin says.

use crate::provider::LocalText;

/// What was seen and what cures it; the cure is empty where all is well.
pub(super) struct Said {
    pub(super) seen: LocalText,
    pub(super) cure: LocalText,
}

const fn said(en: &'static str, zh: &'static str, cure_en: &'static str, cure_zh: &'static str) -> Said {
    Said { seen: LocalText { en, zh }, cure: LocalText { en: cure_en, zh: cure_zh } }
}

const fn well(en: &'static str, zh: &'static str) -> Said {
    said(en, zh, "", "")
}

pub(super) const KIND_UNKNOWN: Said = said(
    "This version has no such kind of provider.",
    "此版本不支持这种登录方式。",
    "Start the version that it was set up with, or delete it.",
    "请使用当初创建它的版本，或将其删除。",
);
pub(super) const SECRETS_SEALED: Said = said(
    "Its secrets do not open with the keyring of this server.",
    "本服务器的密钥无法解开其中保存的密钥信息。",
    "Put the keyring back that was in use when they were set, or set them again.",
    "请恢复当时使用的密钥文件，或重新填写这些密钥。",
);
pub(super) const SETTINGS_INVALID: Said = said(
    "The stored settings are not valid: {problems}.",
    "已保存的设置无效：{problems}。",
    "Correct them on the provider's page or in the configuration file.",
    "请在登录方式页面或配置文件中更正。",
);

pub(super) const PUBLIC_OK: Said =
    well("{public_address} leads to this program.", "{public_address} 可以访问到本服务。");
pub(super) const PUBLIC_LOCAL: Said = said(
    "{public_address} can be reached from this machine only: no phone and no server of WeChat's comes there.",
    "{public_address} 只能在本机访问，手机和微信服务器都无法访问。",
    "Fine for trying out on this machine. For real people set [server] public_url to the https address of this server.",
    "在本机试用没有问题；正式使用请把 [server] public_url 设为本服务器的 https 地址。",
);
pub(super) const PUBLIC_UNREACHABLE: Said = said(
    "{public_address} cannot be reached from this server.",
    "本服务器无法访问 {public_address}。",
    "Check that the server is running, that the name leads to it, that the certificate is valid and whole, and that the \
     proxy in front passes requests on without a redirect.",
    "请检查服务是否已启动、域名是否解析到本服务器、证书是否有效且证书链完整，以及前面的反向代理是否直接转发而没有重定向。",
);
pub(super) const PUBLIC_SILENT: Said = said(
    "{public_address} does not answer in time.",
    "{public_address} 没有及时响应。",
    "Open the port in the firewall and in the cloud's security group; if only this server cannot reach its own public \
     address, allow that in the router (hairpin).",
    "请在防火墙和云服务器安全组中放行该端口；若只有本服务器访问不到自己的公网地址，请在路由器上开启回环（hairpin）。",
);
pub(super) const PUBLIC_NOT_OURS: Said = said(
    "Something else answers at {public_address} (HTTP status {status}).",
    "{public_address} 由其他程序响应（HTTP 状态码 {status}）。",
    "Let the proxy pass all paths on to this program unchanged, and check that public_url is written as people use it.",
    "请让反向代理把所有路径原样转发给本服务，并确认 public_url 与实际访问地址一致。",
);

pub(super) const PUSH_PORT: Said = said(
    "WeChat sends its messages to the ports 80 and 443 only: {push_address} is on another.",
    "微信只会把消息推送到 80 和 443 端口，而 {push_address} 使用了其他端口。",
    "Put a proxy on port 443 in front, and write public_url without a port.",
    "请在前面用反向代理监听 443 端口，并去掉 public_url 中的端口。",
);
pub(super) const PUSH_UNREACHABLE: Said = said(
    "The push address {push_address} cannot be reached.",
    "无法访问推送地址 {push_address}。",
    "Repair the public address first. Then copy the whole push address from the provider's page (or `saoma provider show`) into WeChat's console: \
     设置与开发 → 基本配置 → 服务器配置 → 服务器地址(URL).",
    "请先修复公网地址，再把登录方式页面（或 `saoma provider show`）上的完整推送地址填到微信后台“设置与开发 → 基本配置 → 服务器配置”的服务器地址(URL)。",
);
pub(super) const PUSH_ECHO_OK: Said = well(
    "The push address {push_address} answers WeChat's check of it.",
    "推送地址 {push_address} 能正确响应微信的校验。",
);
pub(super) const PUSH_ECHO_WRONG: Said = said(
    "The push address {push_address} does not answer WeChat's check (HTTP status {status}), so the console says that the \
     token verification failed.",
    "推送地址 {push_address} 没有正确响应微信的校验（HTTP 状态码 {status}），因此微信后台会提示 Token 验证失败。",
    "Let the proxy pass path and query on unchanged and add nothing to the answer. If the settings were just changed, \
     check that the server behind this address has the same push token, and that its clock is right.",
    "请让反向代理原样转发路径和参数，且不改动响应内容；若刚修改过设置，请确认该地址后面的服务使用相同的令牌(Token)，且时钟准确。",
);
pub(super) const PUSH_SEALED_OK: Said = well(
    "The door opens a message sealed with the EncodingAESKey that is set here.",
    "用当前 EncodingAESKey 加密的消息可以正常解密。",
);
pub(super) const PUSH_KEY_WRONG: Said = said(
    "The server behind {push_address} does not open a message sealed with the EncodingAESKey that is set here (HTTP \
     status {status}).",
    "{push_address} 后面的服务无法解密用当前 EncodingAESKey 加密的消息（HTTP 状态码 {status}）。",
    "Another server answers there, or one with older settings: start it again with these, and let nothing in front \
     change the body.",
    "该地址后面可能是另一台服务器，或仍在使用旧设置：请用当前设置重新启动，并确保代理不改动请求内容。",
);
pub(super) const PUSH_SEEN: Said =
    well("WeChat's last message was taken at {moment}.", "最近一次收到并接受微信消息的时间：{moment}。");
pub(super) const PUSH_REFUSED: Said = said(
    "A message that came to the push address at {moment} was refused: its signature, key or mode is not the one set here.",
    "{moment} 收到的消息被拒绝：其签名、密钥或加解密方式与此处的设置不一致。",
    "In WeChat's console compare 服务器配置 with the settings here: 令牌(Token), EncodingAESKey, AppID and 消息加解密方式 must \
     be the same on both sides. Save it there again, then scan once more.",
    "请在微信后台核对“服务器配置”：令牌(Token)、EncodingAESKey、AppID 和消息加解密方式须与此处一致；保存后重新扫码。",
);
pub(super) const PUSH_NEVER_SEEN: Said = said(
    "No message of WeChat's has come since the server started.",
    "服务启动以来还没有收到过微信的消息。",
    "Switch 服务器配置 on in WeChat's console (启用), then scan a code: a test login shows whether it comes.",
    "请在微信后台启用服务器配置，然后扫码：用“演练登录”即可看到消息是否到达。",
);
pub(super) const PUSH_ELSEWHERE: Said = said(
    "Whether WeChat's own messages are taken is known to the running server only.",
    "微信消息是否被接受，只有正在运行的服务知道。",
    "Ask the doctor on the provider's page.",
    "请在登录方式页面使用诊断。",
);

pub(super) const PROOF_OK: Said =
    well("The verification file is at {proof_address}.", "校验文件可以访问：{proof_address}。");
pub(super) const PROOF_WRONG: Said = said(
    "The verification file is not at {proof_address}, so WeChat does not accept the domain.",
    "{proof_address} 上没有校验文件，微信不会接受该域名。",
    "Let the proxy pass this path on; download the file again in WeChat's console and set mp_verify if its name changed.",
    "请让反向代理转发该路径；若文件名已变，请在微信后台重新下载并更新 mp_verify。",
);

pub(super) const SCAN_ARRIVED: Said = well("The scan arrived.", "已收到扫码。");
pub(super) const LOGIN_PROVEN: Said = well(
    "WeChat proved who scanned, and that person confirmed. No user, no permission and no code was written.",
    "微信已证明扫码者的身份，且对方已确认。没有写入用户、授权或登录码。",
);
pub(super) const NO_SCAN: Said = said(
    "No scan arrived in time.",
    "规定时间内没有收到扫码。",
    "If you did scan: check everything first, and repeat.",
    "如果确实扫过码：请先做“全面检查”，然后重试。",
);
pub(super) const NOT_CONFIRMED: Said = said(
    "The scan arrived, and nobody confirmed in time.",
    "已收到扫码，但没有及时确认。",
    "Repeat and confirm on the phone. If the phone showed an error instead: its page could not reach this server, or the \
     callback domain is not the one registered at WeChat.",
    "请重试并在手机上确认；若手机显示错误，说明页面访问不到本服务器，或授权回调域与微信后台登记的不一致。",
);
pub(super) const DECLINED: Said = said(
    "The person declined on the phone: the way there works.",
    "对方在手机上选择了拒绝：到此为止的流程是通的。",
    "Repeat and confirm, to see the rest.",
    "请重试并确认，以检查其余部分。",
);
pub(super) const SECOND_SUBJECT: Said = said(
    "Two persons scanned the same code, so it ended, as it must.",
    "两个人扫了同一个码，登录按规则终止。",
    "Repeat with one phone.",
    "请只用一部手机重试。",
);
pub(super) const VENDOR_FAILED: Said = said(
    "WeChat did not tell who scanned.",
    "微信没有返回扫码者的身份。",
    "Check everything; the server's log has WeChat's code.",
    "请做“全面检查”；服务器日志中有微信返回的错误码。",
);
pub(super) const NOT_BEGUN: Said =
    well("The test could not begin, as WeChat says {vendor_code}:", "测试无法开始，微信返回 {vendor_code}：");
pub(super) const VENDOR_SILENT: Said = said(
    "The test could not begin: WeChat does not answer.",
    "测试无法开始：微信没有响应。",
    "Check settings and network.",
    "请“检查设置和网络”。",
);
pub(super) const ENDED: Said = well("The rehearsal was ended early.", "演练已提前结束。");
