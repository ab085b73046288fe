"""A paragraph in, whether it is legal text of the house out: disclaimers, rights reserved, commissions, by their words.

The same sentence may be the news itself, so only the end of an article is asked (``endings.py``).
"""

from __future__ import annotations

import re

_LONGEST = 800
_HEADED = re.compile(
    r"""(?ix)^\W*(?:
        (?:(?:legal|medical|financial|affiliate|general|investment|important)\s)?(?:disclaimer|legal\ notice)
      | (?:affiliate|advertising)\ disclosure
      | haftungsausschluss | rechtlicher\ hinweis | risikohinweis | hinweis\ zu\ affiliate-links
      | avertissement\ légal | clause\ de\ non-responsabilité | mentions\ légales
      | aviso\ legal | descargo\ de\ responsabilidad | exención\ de\ responsabilidad | isenção\ de\ responsabilidade
      | avvertenza\ legale | esclusione\ di\ responsabilità | vrijwaring | odricanje\ od\ odgovornosti
      | izjava\ o\ odricanju | zastrzeżenie\ prawne | právní\ upozornění | ansvarsfraskrivelse | ansvarsfriskrivning
      | vastuuvapauslauseke | отказ\ от\ ответственности | дисклеймер | відмова\ від\ відповідальності
      | αποποίηση\ ευθύν\w+ | yasal\ uyarı | sorumluluk\ reddi | إخلاء\ مسؤولية
      | 免责声明 | 免責聲明 | 免責事項 | 版权声明 | 版權聲明 | 면책\ ?조항
    )\s*(?:[:：.–—-]|$)"""
)
_SAYS = re.compile(
    r"""(?ix)
        \bfor\ (?:general\ )?(?:informational?|educational)(?:\ (?:and|or)\ \w+)?\ purposes\ only\b
      | \bdo(?:es)?\ not\ constitute\ (?:\w+,?\ ){0,5}advice\b
      | \b(?:article|post|story|page|site|guide)\ (?:may\ )?(?:contains?|includes?|uses?)\ affiliate\ links?\b
      | \bwe\ (?:may|might|can|could|will)\ (?:also\ )?(?:earn|receive|get)\ (?:an?\ )?(?:\w+\ )?commissions?\b
      | \bno\ part\ of\ (?:this|the)\ .{1,40}\ may\ be\ (?:reproduced|copied|published)\b
      | \bmay\ not\ be\ (?:published|reproduced|copied|redistributed),?\ .{0,40}(?:distributed|broadcast|permission)
      | \ball\ rights\ reserved\b
      | \balle\ rechte\ vorbehalten\b | \bnachdruck\b.{0,40}\b(?:verboten|untersagt|genehmigung|gestattet)\b
      | \bstell(?:t|en)\ keine\ .{0,40}(?:beratung|empfehlung|aufforderung)\b.{0,40}\bdar\b
      | \bausschließlich\ (?:zu|der)\ information | \b(?:affiliate|provisions)-links?\b.{0,80}\bprovision\b
      | \btous\ droits\ réservés\b | \breproduction\b.{0,40}\binterdite\b
      | \bà\ titre\ purement\ (?:informatif|indicatif)\b
      | \bne\ constituent?\ (?:pas|en\ aucun\ cas)\ (?:un|des)\ conseils?\b | \bliens?\ (?:affiliés?|d['’]affiliation)\b
      | \btodos\ los\ derechos\ reservados\b | \bprohibida\ (?:la|su)\ reproducción\b
      | \bfines\ (?:meramente|exclusivamente|únicamente)\ informativos\b | \benlaces?\ de\ afiliad[oa]s?\b
      | \btutti\ i\ diritti\ (?:sono\ )?riservati\b | \briproduzione\ riservata\b | \bvietata\ la\ riproduzione\b
      | \bscopo\ (?:puramente|esclusivamente)\ informativo\b | \blink\ di\ affiliazione\b
      | \btodos\ os\ direitos\ reservados\b | \bproibida\ a\ reprodução\b | \bcaráter\ (?:meramente\ )?informativo\b
      | \balle\ rechten\ voorbehouden\b | \bsva\ prava\ pridržana\b | \bzabranjeno\ (?:je\ )?(?:svako\ )?prenošenje\b
      | \bvse\ pravice\ pridržane\b | \bwszelkie\ prawa\ zastrzeżone\b | \bvšechna\ práva\ vyhrazena\b
      | \bвсе\ права\ защищены\b | \b(?:усі|всі)\ права\ захищен[оі]\b
      | \bпри\ (?:перепечатке|цитировании|использовании)\b.{0,60}\bссылка\b
      | \bпередрук\b.{0,60}\b(?:заборонен|посилання)
      | \btüm\ hakları\ saklıdır\b | \byatırım\ tavsiyesi\ (?:değildir|içermez)\b
      | \bμε\ (?:την\ )?επιφύλαξη\ (?:παντός|κάθε)\b | جميع\ الحقوق\ محفوظة | כל\ הזכויות\ שמורות
      | 無断(?:転載|複製|使用) | 版[权權]所有 | 未[经經](?:授[权權]|[许許]可|书面|書面) | 不[构構]成.{0,6}[投建]
      | 仅供参考
      | 무단\ ?전재 | 재배포\ ?금지
    """
)
_QUOTED = re.compile(r"[“”„«»「」\"]")


def is_small_print(text: str) -> bool:
    """True for a paragraph of legal text: "This article is for informational purposes only …"; not for a quotation."""
    if len(text) > _LONGEST:
        return False
    return bool(_HEADED.match(text)) or (not _QUOTED.search(text) and bool(_SAYS.search(text)))
