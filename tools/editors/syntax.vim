" Vim syntax file
" Language: gpb
" Generated from grammar/gpb.pest and tools/editors/syntax.vim.

if exists('b:current_syntax')
  finish
endif

let s:cpo = &cpoptions
set cpoptions&vim

syntax sync fromstart

" `\%#=1` chooses the engine that is an order of magnitude faster at lookaround.
" A later match wins over an earlier one that starts at the same place, so the most specific comes last.

syntax match gpbOperator /\%#=1\v<<op_or|op_and|op_equal|op_not_equal|op_less_equal|op_greater_equal|op_less|op_greater>>/
syntax match gpbOperator /\%#=1\v<<op_coalesce|op_range|op_add|op_subtract|op_negate|op_multiply|op_remainder|op_not>>/
syntax match gpbOperator /\%#=1\v<<op_divide>>/
syntax match gpbOperator /\%#=1\v<<eq|arrow|pipe|optional_mark>>/
syntax match gpbWord /\%#=1\v<<name>>/
syntax match gpbType /\%#=1\v%([:<|]\s*|-\>\s*)@20<=<<types>>%(<<ident_char>>|[.:(])@!/
syntax match gpbFunction /\%#=1\v[A-Za-z0-9_.-]@1<!<<name>>\(@=/
syntax match gpbBuiltin /\%#=1\v[A-Za-z0-9_.-]@1<!<<functions>>\(@=/
syntax match gpbTag /\%#=1\v<<name>>%(\s+")@=/
syntax match gpbMember /\%#=1\v\.@1<=<<name>>/
syntax match gpbBoolean /\%#=1\v[A-Za-z0-9_.-]@1<!%(true|false|none)%(<<ident_char>>)@!/
syntax match gpbNumber /\%#=1\v[A-Za-z0-9_]@1<!\$?<<number>>%(<<unit>>|[ \t]+<<known_unit>>)?/

" Heads of blocks and their labels, fields.
syntax match gpbHead /\%#=1\v%(^\s*|[{,]\s*)@80<=<<name>>%(\s*\{)@=/
syntax match gpbHead /\%#=1\v%(^\s*|[{,]\s*)@80<=<<name>>%(\s+%(<<kw_in>>)@!<<name>>%(\s*\{|\s+<<kw_in>>\s))@=/ nextgroup=gpbLabel skipwhite
syntax match gpbLabel /\%#=1\v<<name>>/ contained
syntax match gpbProperty /\%#=1\v<<name>>%(\s*<<eq>>)@=/
syntax match gpbHead /\%#=1\v%(^\s*|[{,]\s*)@80<=<<name>>%(\s+<<name>>\s*<<eq>>)@=/ nextgroup=gpbLabel skipwhite

" Expressions.
syntax match gpbConditional /\%#=1\v[A-Za-z0-9_.-]@1<!<<kw_if|kw_else>>%(\s*<<eq>>)@!/
syntax match gpbRepeat /\%#=1\v[A-Za-z0-9_.-]@1<!<<kw_for>>%(\s+<<name>>%(\s*,\s*<<name>>)?\s+<<kw_in>>)@=/
syntax match gpbRepeat /\%#=1\v\s@1<=<<kw_in>>%(\s*<<eq>>)@!%(\s)@=/
syntax match gpbRepeat /\%#=1\v%(<<kw_for>>\s+[^:]*\s<<kw_in>>\s+[^:]*\s)@200<=<<kw_key>>%(\s+%(<<kw_if|kw_in>>)@!["A-Za-z_(\[])@=/

" Statements.
syntax match gpbKeyword /\%#=1\v%(^\s*|[{,]\s*)@80<=<<kw_param|kw_let|kw_output>>%(\s+<<name>>\s*%([:=,}]|$|\/\/))@=/ nextgroup=gpbName skipwhite
syntax match gpbKeyword /\%#=1\v%(^\s*|[{,]\s*)@80<=<<kw_layer>>%(\s+<<name>>%(\s*<<eq>>)@!)@=/ nextgroup=gpbLayerName skipwhite
syntax match gpbKeyword /\%#=1\v%(^\s*|[{,]\s*)@80<=<<kw_resource|kw_existing>>%(\s+<<name>>\s*<<eq>>)@!%(\s+<<name>>)@=/ nextgroup=gpbResourceType skipwhite
syntax match gpbRepeat /\%#=1\v%(^\s*|[{,]\s*)@80<=<<kw_in>>%(\s+[^= \t])@=/
syntax match gpbKeyword /\%#=1\v%(^\s*|[{,]\s*)@80<=<<kw_after|kw_ignore>>%(\s+<<name>>\s*%(<<eq>>|\{))@!%(\s+<<name>>)@=/
syntax match gpbKeyword /\%#=1\v%(\S\s)@2<=<<kw_after>>%(\s+<<name>>[^ \t,}]*\s*%($|[,}]|\/\/))@=/
syntax match gpbKeyword /\%#=1\v%(^\s*|[{,]\s*)@80<=<<kw_protect|kw_replace>>%(\s+<<name>>\s*%($|[,}]|\/\/))@=/ nextgroup=gpbChoice skipwhite
syntax match gpbKeyword /\%#=1\v%(^\s*|[{,]\s*)@80<=<<kw_moved>>%(\s+<<name>>\s*%(<<eq>>|\{))@!%(\s+<<name>>)@=/
syntax match gpbKeyword /\%#=1\v%(<<kw_moved>>\s+[^=]*\s)@200<=<<kw_to>>%(\s)@=/
syntax match gpbKeyword /\%#=1\v%(^\s*|[{,]\s*)@80<=<<kw_keep>>%(%(\s+<<name>>)?\s*%($|[,}]|\/\/))@=/ nextgroup=gpbChoice skipwhite
syntax match gpbKeyword /\%#=1\v%(^\s*|[{,]\s*)@80<=<<kw_removed>>%(\s+<<name>>\s*<<eq>>)@!%(\s+<<name>>)@=/
syntax match gpbKeyword /\%#=1\v%(^\s*|[{,]\s*)@80<=<<kw_replace_when>>%(\s*[={:])@!%(\s+<<name>>\s*%(<<eq>>|\{))@!%(\s+\S)@=/
syntax match gpbKeyword /\%#=1\v%(<<kw_replace_when>>\s+[^=]*\s)@200<=<<kw_changes>>%(\s*%($|[,}]|\/\/))@=/
syntax match gpbKeyword /\%#=1\v%(^\s*|[{,]\s*)@80<=<<kw_override>>%(\s+<<name>>\s*<<eq>>)@!%(\s+<<name>>)@=/
syntax match gpbKeyword /\%#=1\v%(^\s*|[{,]\s*)@80<=<<kw_when>>%(\s*[={:])@!%(\s+<<name>>\s*%(<<eq>>|\{))@!/
syntax match gpbKeyword /\%#=1\v%(^\s*|[{,]\s*)@80<=<<kw_require>>%(\s*[={:])@!%(\s+<<name>>\s*%(<<eq>>|\{))@!%(\s+\S)@=/
syntax match gpbKeyword /\%#=1\v%(^\s*|[{,]\s*)@80<=<<kw_recover|kw_derived>>%(\s+<<kw_from>>\s+<<name>>)@=/ nextgroup=gpbFrom skipwhite
syntax match gpbFrom /\%#=1\v<<kw_from>>/ contained nextgroup=gpbDomain skipwhite
syntax match gpbDomain /\%#=1\v<<name>>%(\.)@!/ contained nextgroup=gpbDomainComma skipwhite
syntax match gpbDomainComma /,/ contained nextgroup=gpbDomain skipwhite skipnl
syntax match gpbKeyword /\%#=1\v%(^\s*|[{,]\s*)@80<=<<kw_budget>>%(\s+%(\$|<<kw_at>>))@=/
syntax match gpbKeyword /\%#=1\v%(<<kw_budget>>\s+)@80<=<<kw_at>>%(\s)@=/
syntax match gpbKeyword /\%#=1\v%(<<kw_budget>>\s+[^=]*\s)@200<=<<kw_per>>%(\s)@=/
syntax match gpbKeyword /\%#=1\v%(^\s*|[{,]\s*)@80<=<<kw_needs>>%(\s+\d)@=/
syntax match gpbKeyword /\%#=1\v%(<<kw_needs>>\s+[^=]*\s)@200<=<<kw_of>>%(\s)@=/
syntax match gpbKeyword /\%#=1\v%(^\s*|[{,]\s*)@80<=<<kw_each>>%(\s+<<name>>\s*%(<<eq>>|\{))@!%(\s+<<name>>)@=/ nextgroup=gpbEachType skipwhite
syntax match gpbEachType /\%#=1\v<<type_name>>/ contained nextgroup=gpbAs skipwhite
syntax match gpbAs /\%#=1\v<<kw_as>>/ contained nextgroup=gpbName skipwhite
syntax match gpbKeyword /\%#=1\v%(^\s*|[{,]\s*)@80<=<<kw_expect>>%(\s+<<name>>\s*%(<<eq>>|\{))@!%(\s+[^= \t{])@=/
syntax match gpbKeyword /\%#=1\v\s@1<=<<kw_require>>%(\s+<<name>>\s*%(<<eq>>|\{))@!%(\s+[^= \t,}])@=/
syntax match gpbKeyword /\%#=1\v%(^\s*|[{,]\s*)@80<=<<kw_waive>>%(\s+<<name>>\s*%(<<eq>>|\{))@!%(\s+<<name>>)@=/
syntax match gpbKeyword /\%#=1\v%(<<kw_waive>>\s+[^=]*\s|^\s*)@200<=<<kw_until|kw_because>>%(\s+")@=/
syntax match gpbName /\%#=1\v<<name>>/ contained
syntax match gpbChoice /\%#=1\v<<name>>/ contained
syntax match gpbResourceType /\%#=1\v<<type_name>>/ contained nextgroup=gpbResourceName skipwhite
syntax match gpbResourceName /\%#=1\v%(<<kw_in>>\s)@!<<name>>/ contained
syntax match gpbLayerName /\%#=1\v<<name>>/ contained nextgroup=gpbUses skipwhite
syntax match gpbUses /\%#=1\v<<kw_uses>>/ contained nextgroup=gpbUsed skipwhite
syntax match gpbUsed /\%#=1\v<<name>>/ contained nextgroup=gpbUsedComma skipwhite
syntax match gpbUsedComma /,/ contained nextgroup=gpbUsed skipwhite skipnl

" Items, which start at the left margin.
syntax match gpbInclude /\%#=1\v^<<kw_use>>%(\s*["'])@=/ nextgroup=gpbUsedFile skipwhite
syntax match gpbUsedFile /\%#=1\v"[^"]*"/ contained nextgroup=gpbAs skipwhite
syntax match gpbItem /\%#=1\v^<<kw_extend>>\s+<<kw_stack>>%(\s+<<name>>)@=/ nextgroup=gpbItemName skipwhite
syntax match gpbItem /\%#=1\v^%(<<kw_pub>>\s+)?<<kw_stack|kw_component|kw_policy>>%(\s+<<name>>\s*%(\{|$|\/\/))@=/ nextgroup=gpbItemName skipwhite
syntax match gpbItem /\%#=1\v^<<kw_environment>>%(\s+<<name>>%(\s+<<kw_of>>|\s*\{|\s*$))@=/ nextgroup=gpbItemName skipwhite
syntax match gpbItem /\%#=1\v^<<kw_test>>%(\s+")@=/
syntax match gpbOf /\%#=1\v%("\s)@2<=<<kw_of>>%(\s+<<name>>\s*\{)@=/ nextgroup=gpbItemName skipwhite
syntax match gpbItem /\%#=1\v^<<kw_facts>>%(\s+<<name>>\.)@=/ nextgroup=gpbResourceType skipwhite
syntax match gpbItem /\%#=1\v^%(<<kw_pub>>\s+)?<<kw_fn>>%(\s+<<name>>\s*\()@=/ nextgroup=gpbFunctionName skipwhite
syntax match gpbItem /\%#=1\v^%(<<kw_pub>>\s+)?<<kw_const>>%(\s+<<name>>\s*[:=])@=/ nextgroup=gpbName skipwhite
syntax match gpbItem /\%#=1\v^%(<<kw_pub>>\s+)?<<kw_type>>%(\s+<<name>>\s*[={])@=/ nextgroup=gpbItemName skipwhite
syntax match gpbItemName /\%#=1\v<<name>>/ contained nextgroup=gpbOf skipwhite
syntax match gpbFunctionName /\%#=1\v<<name>>/ contained
syntax match gpbOf /\%#=1\v<<kw_of>>/ contained nextgroup=gpbItemName skipwhite

" Braces nest, and a policy's words mean something in the policy's own braces only.
syntax region gpbBraces matchgroup=gpbDelimiter start=/{/ end=/}/ transparent contains=TOP
syntax region gpbPolicy matchgroup=gpbPolicyMark start=/\%#=1\v[A-Za-z0-9_.-]@1<!<<kw_policy>>\s*\{/ matchgroup=gpbDelimiter end=/}/ transparent contains=@gpbExpression,gpbPolicyWord,gpbPolicyBraces
syntax region gpbPolicyBraces matchgroup=gpbDelimiter start=/\%#=1\v%(<%(if|else|for)>[^{}]*)@80<=\{/ end=/}/ contained transparent contains=@gpbExpression,gpbPolicyWord,gpbPolicyBraces
syntax match gpbPolicyWord /\%#=1\v[A-Za-z0-9_.-]@1<!<<kw_allow|kw_deny|kw_to|kw_on|kw_when|kw_sid|kw_not>>%([.(])@!/ contained
syntax cluster gpbExpression contains=gpbOperator,gpbWord,gpbFunction,gpbBuiltin,gpbTag,gpbMember,gpbBoolean,gpbNumber,gpbProperty,gpbConditional,gpbRepeat,gpbBraces,gpbComment,gpbDocComment,gpbString,gpbBlockString

" Strings.
syntax match gpbComment /\%#=1\v\/\/.*$/ contains=gpbTodo,@Spell
syntax match gpbDocComment /\%#=1\v\/\/[\/!].*$/ contains=gpbTodo,@Spell
syntax keyword gpbTodo TODO FIXME XXX contained
syntax region gpbString matchgroup=gpbQuote start=/"/ end=/"\|$/ oneline contains=gpbEscape,gpbInterpolation,@Spell
syntax match gpbString /\%#=1\v<<compat_single>>/
syntax region gpbBlockString matchgroup=gpbQuote start=/"""/ end=/"""/ contains=gpbEscape,gpbInterpolation,@Spell
syntax match gpbEscape /\%#=1\v<<escape>>/ contained
syntax region gpbInterpolation matchgroup=gpbInterpolationMark start=/\%#=1\v<<interpolation_open>>/ end=/\%#=1\v<<interpolation_close>>/ contained contains=TOP

highlight default link gpbOperator Operator
highlight default link gpbType Type
highlight default link gpbFunction Function
highlight default link gpbBuiltin Function
highlight default link gpbTag Function
highlight default link gpbMember Identifier
highlight default link gpbBoolean Boolean
highlight default link gpbNumber Number
highlight default link gpbHead Function
highlight default link gpbLabel Identifier
highlight default link gpbProperty Identifier
highlight default link gpbConditional Conditional
highlight default link gpbRepeat Repeat
highlight default link gpbKeyword Keyword
highlight default link gpbName Identifier
highlight default link gpbEachType Type
highlight default link gpbAs Keyword
highlight default link gpbChoice Constant
highlight default link gpbResourceType Type
highlight default link gpbResourceName Identifier
highlight default link gpbLayerName Identifier
highlight default link gpbUses Keyword
highlight default link gpbFrom Keyword
highlight default link gpbDomain Constant
highlight default link gpbUsed Identifier
highlight default link gpbInclude Include
highlight default link gpbUsedFile String
highlight default link gpbItem Structure
highlight default link gpbItemName Typedef
highlight default link gpbFunctionName Function
highlight default link gpbOf Keyword
highlight default link gpbPolicyMark Keyword
highlight default link gpbPolicyWord Keyword
highlight default link gpbDelimiter Delimiter
highlight default link gpbComment Comment
highlight default link gpbDocComment SpecialComment
highlight default link gpbTodo Todo
highlight default link gpbString String
highlight default link gpbBlockString String
highlight default link gpbQuote String
highlight default link gpbEscape SpecialChar
highlight default link gpbInterpolationMark Special

let b:current_syntax = 'gpb'

let &cpoptions = s:cpo
unlet s:cpo
