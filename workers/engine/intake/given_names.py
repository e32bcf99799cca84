"""Common given names and Chinese family names: enough of them that a column of people shows, whatever it is called."""

from __future__ import annotations

GIVEN = frozenset(
    """
    james john robert michael william david richard joseph thomas charles christopher daniel matthew anthony mark donald steven paul
    andrew joshua kenneth kevin brian george edward ronald timothy jason jeffrey ryan jacob gary nicholas eric jonathan stephen larry
    justin scott brandon benjamin samuel gregory frank alexander raymond patrick jack dennis jerry tyler aaron jose henry adam douglas
    nathan peter zachary kyle walter ethan jeremy harold keith christian roger noah gerald carl terry sean austin arthur lawrence jesse
    dylan bryan joe jordan billy bruce albert willie gabriel logan alan juan wayne roy ralph randy eugene vincent russell louis bobby
    philip johnny oliver leo liam lucas theo oscar max hugo harry simon martin neil ian colin graham stuart ross ben tom tim tony
    mary patricia jennifer linda elizabeth barbara susan jessica sarah karen nancy lisa betty margaret sandra ashley kimberly emily
    donna michelle carol amanda dorothy melissa deborah stephanie rebecca sharon laura cynthia kathleen amy angela shirley anna brenda
    pamela emma nicole helen samantha katherine christine debra rachel carolyn janet catherine maria heather diane ruth julie olivia
    joyce virginia victoria kelly lauren christina joan evelyn judith megan andrea cheryl hannah jacqueline martha gloria teresa ann
    sara madison frances kathryn janice jean alice abigail julia judy sophia grace denise amber doris marilyn danielle beverly isabella
    theresa diana natalie brittany charlotte marie kayla alexis lori chloe zoe lucy ella mia ava florence ellen annie edith mabel
    jan hans klaus peter wolfgang jürgen dieter stefan andreas uwe matthias lukas jonas felix moritz sabine petra monika ursula
    renate heike anja katrin lena leonie jens karl otto fritz günter heinz ingrid helga birgit
    pierre michel andré philippe alain bernard jacques françois olivier nicolas antoine julien mathieu camille léa manon chloé inès
    isabelle nathalie sylvie valérie céline aurélie claire hélène jeanne marguerite louise gabriel raphaël
    antonio manuel francisco javier carlos miguel josé luis pedro alejandro jesús fernando pablo sergio jorge alberto diego carmen
    josefa isabel dolores pilar lucía paula cristina marta elena rosa ana sofía mariana joão paulo marcos rafael fernanda juliana
    giovanni giuseppe mario luigi franco giorgio roberto stefano marco andrea alessandro francesca giulia chiara paola
    mohammed muhammad mohamed ahmed ali omar hassan hussein ibrahim yusuf khalid fatima aisha maryam zainab layla nour
    raj amit sanjay rahul vijay suresh ramesh anil sunil ravi arjun rohan priya anita sunita neha pooja kavita deepa lakshmi anjali
    wei li ming jing hui yan fang lei jun yong hong xin yu ying mei ivan dmitri sergei alexei olga natalia tatiana svetlana irina
    anders lars erik nils johan ole sven karin astrid ingrid hiroshi takashi kenji yuki haruka sakura jin min seo ji
    """.split()  # noqa: SIM905 - a table of words, not four hundred literals
)
HAN_FAMILY = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫雷龙黎史陶贺毛段郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文"
)
HAN_DOUBLE = ("欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "司徒", "夏侯", "端木")
