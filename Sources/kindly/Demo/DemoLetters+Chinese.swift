extension DemoLetters {
  /// The letters for customers whose language is `zh-Hans`.
  static let chinese = [
    "layout.zh-Hans.html": """
    <!DOCTYPE html>
    <html lang="zh-Hans">
    <head><meta charset="utf-8"><title>{{subject}}</title></head>
    <body style="margin: 0; background: #f4f5f3; color: #222; font: 16px/1.75 'PingFang SC', 'Noto Sans CJK SC', sans-serif;">
      <div style="max-width: 36em; margin: 0 auto; padding: 24px; background: #fff;">
    {{{content}}}
      </div>
    </body>
    </html>

    """,
    "partials/signature.zh-Hans.html": """
    <p>祝好！<br>
    Example 团队</p>
    <p style="color: #777; font-size: 13px;">您的每一封回复，都会有人认真阅读。</p>

    """,
    "trial/welcome.zh-Hans.html": """
    ---
    subject: "您的试用账号已开通"
    ---
    <p>{{customer.name}}，您好：</p>
    <p>感谢您申请试用。账号已经开通，在<strong>{{date(this.trial_ends_on)}}</strong>之前，全部功能均可使用。</p>
    <table cellpadding="4">
      <tr><td>用户名</td><td><strong>{{customer.email}}</strong></td></tr>
      <tr><td>初始密码</td><td><strong>{{customer.initial_password}}</strong></td></tr>
    </table>
    <p>首次登录时，请设置您自己的密码。</p>
    {{> partials/signature}}

    """,
    "trial/ending.zh-Hans.html": """
    ---
    subject: "您的试用将于{{date(this.trial_ends_on)}}到期"
    ---
    <p>{{customer.name}}，您好：</p>
    <p>您的试用将于<strong>{{date(this.trial_ends_on)}}</strong>到期。如果还需要时间考虑，请回复这封邮件，我们为您延长，不收费，也没有任何附加条件。</p>
    {{> partials/signature}}

    """,
    "trial/ended.zh-Hans.html": """
    ---
    subject: "您的试用今天到期了"
    ---
    <p>{{customer.name}}，您好：</p>
    <p>您的试用今天到期。如果因此打断了您手头的工作，我们深表歉意：回复这封邮件，一小时内即可恢复。无论您如何决定，数据都为您保留 90 天。</p>
    {{> partials/signature}}

    """,
    "lease/confirmed.zh-Hans.html": """
    ---
    subject: "已收到您的款项，租期至{{date(this.ends_on)}}"
    channels:
      wechat: { template: LEASE_PAID, parameters: { thing1: 租金已收到, date2: "{{date(this.ends_on)}}" } }
    ---
    <p>{{customer.name}}，您好：</p>
    <p>您的款项已经收到，谢谢您。租期自{{date(this.starts_on)}}起，至<strong>{{date(this.ends_on)}}</strong>止。您无需再做什么，照常使用即可。</p>
    {{> partials/signature}}

    """,
    "shipping/shipped.zh-Hans.html": """
    ---
    subject: "您的订单 {{this.number}} 已发货"
    sms: "您的订单 {{this.number}} 已发货，{{this.carrier}}运单号 {{this.tracking_number}}。"
    ---
    <p>{{customer.name}}，您好：</p>
    <p>您的订单 <strong>{{this.number}}</strong> 已由{{this.carrier}}发出，凭运单号 <strong>{{this.tracking_number}}</strong> 可查询物流进度。</p>
    {{> partials/signature}}

    """,
    "invoice/due.zh-Hans.html": """
    ---
    subject: "账单 {{this.number}} 今天到期"
    ---
    <p>{{customer.name}}，您好：</p>
    <p>温馨提示：账单 <strong>{{this.number}}</strong>，金额 <strong>{{this.currency}} {{money(this.amount)}}</strong>，今天到期。如果您已经付款，请忽略这封邮件，谢谢您。</p>
    {{> partials/signature}}

    """,
    "callback/soon.zh-Hans.html": """
    ---
    subject: "我们将于{{time(this.callback_at)}}致电给您"
    ---
    <p>{{customer.name}}，您好：</p>
    <p>应您的要求，我们将于<strong>{{time(this.callback_at)}}</strong>致电 {{customer.phone}}。如果时间不合适，请回复这封邮件，告诉我们您方便的时间。</p>
    {{> partials/signature}}

    """,
  ]
}
